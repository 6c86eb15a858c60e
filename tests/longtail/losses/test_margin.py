import keras
import numpy as np
import pytest
from keras import ops
from loss_examples import COUNTS, LABELS, LOGITS, each, paired

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail.losses import (
    MarginCrossentropy,
    margin_crossentropy,
)
from logit_adjustment_kedro.longtail.margins import Margins

RANDOM = np.random.default_rng(1).uniform(0.1, 2.0, size=(4, 3))
MARGINS = Margins(*RANDOM)


def test_margins_that_change_nothing_are_the_plain_crossentropy():
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    loss = MarginCrossentropy(Margins.of(3))
    np.testing.assert_allclose(each(loss), each(plain), rtol=1e-6)


def test_any_margins_are_the_family_of_the_paper():
    weight, own, rival, scale = RANDOM
    np.testing.assert_allclose(
        each(MarginCrossentropy(MARGINS)),
        paired(weight, own[:, None] + rival, logits=scale * LOGITS),
        rtol=1e-5,
    )


def test_the_class_is_the_mean_of_the_function_over_the_batch():
    losses = margin_crossentropy(LABELS, LOGITS, MARGINS)
    loss = MarginCrossentropy(MARGINS)(LABELS, LOGITS)
    assert float(loss) == pytest.approx(float(np.mean(losses)), rel=1e-6)


def test_an_image_weighs_what_the_training_says_on_top_of_its_label():
    sample_weight = np.arange(8, dtype="float32")
    loss = MarginCrossentropy(MARGINS, reduction="sum")
    weighted = float(loss(LABELS, LOGITS, sample_weight))
    losses = margin_crossentropy(LABELS, LOGITS, MARGINS)
    assert weighted == pytest.approx(sample_weight @ np.array(losses), rel=1e-5)


def test_labels_may_stand_in_a_column():
    loss = MarginCrossentropy(MARGINS)
    np.testing.assert_array_equal(each(loss, LABELS[:, None]), each(loss))


def test_another_number_of_logits_is_refused():
    with pytest.raises(ValueError, match=r"of 3 classes.*y_pred.shape=\(1, 2\)"):
        MarginCrossentropy(Margins.of(len(COUNTS)))(
            np.array([0]), np.zeros((1, 2), "float32")
        )


@pytest.mark.parametrize(
    ("labels", "logits"),
    [
        (np.array([[0, 0, 1]]), LOGITS[:1]),  # one-hot
        (np.eye(3, dtype=int)[LABELS], LOGITS),
        (LABELS[:2], LOGITS[:1]),
        (LABELS[:1], LOGITS),
        (np.array(0), LOGITS[:1]),
        (LABELS, LOGITS[:, None]),
        (LABELS[:3], LOGITS[0]),
    ],
)
def test_other_than_one_label_a_row_is_refused(labels, logits):
    told = r"labels \[N\] or \[N, 1\] and logits \[N, L\]. Received: y_true.shape="
    with pytest.raises(InputError, match=told):
        MarginCrossentropy(MARGINS)(labels, logits)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="uses its graphs")
@pytest.mark.parametrize("shape", [None, [None], [None, None], [None, 1]])
def test_shapes_that_a_graph_does_not_know_are_none_that_it_refuses(shape):
    import tensorflow as tf

    logits = tf.TensorSpec([None, 3])
    graph = tf.function(MarginCrossentropy(MARGINS, reduction=None))
    graph = graph.get_concrete_function(tf.TensorSpec(shape, tf.int64), logits)
    column = (-1, 1) if shape and len(shape) == 2 else (-1,)
    labels = tf.constant(LABELS.reshape(column), tf.int64)
    losses = graph(labels, tf.constant(LOGITS))
    np.testing.assert_allclose(losses, each(MarginCrossentropy(MARGINS)), rtol=1e-6)


def test_a_single_class_is_refused():
    with pytest.raises(InputError, match="at least 2 classes"):
        MarginCrossentropy(Margins.of(1))(np.array([0]), np.zeros((1, 1), "float32"))


@pytest.mark.parametrize("label", [-1, 3, 2**31, 1.5])
def test_a_label_that_is_no_class_has_no_loss(label):
    """TensorFlow on a CPU refuses it; elsewhere, and on JAX, the loss is NaN."""
    loss = MarginCrossentropy(MARGINS)
    try:
        losses = each(loss, np.array([label, 0]), LOGITS[:2])
    except Exception as error:
        assert keras.backend.backend() == "tensorflow"
        assert "label value" in str(error)
    else:
        assert np.isnan(losses).tolist() == [True, False]


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float32"])
def test_labels_may_be_of_any_type_that_holds_them(dtype):
    loss = MarginCrossentropy(MARGINS)
    np.testing.assert_array_equal(each(loss, LABELS.astype(dtype)), each(loss))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
def test_no_label_is_rounded_to_the_dtype_of_the_loss(dtype):
    """bfloat16 has no 257, and float16 no 2049."""
    logits = np.zeros((2, 2100), "float32")
    logits[0, 257] = logits[1, 2049] = 100
    loss = MarginCrossentropy(Margins.of(2100), dtype=dtype)
    losses = ops.cast(loss(np.array([257, 2049]), logits), "float32")
    assert float(losses) == pytest.approx(0, abs=1e-6)
    assert ops.dtype(loss(np.array([257, 2049]), logits)) == dtype


@pytest.mark.parametrize(
    ("dtype", "margins"),
    [
        ("float16", {"own": 1e5}),
        ("float32", {"own": 2e38, "rival": -2e38}),
        ("bfloat16", {"weight": 3.395e38}),
        ("float32", {"scale": np.inf}),
        ("float32", {"rival": np.nan}),
    ],
)
def test_margins_beyond_the_dtype_of_the_loss_are_refused(dtype, margins):
    with pytest.raises(InputError, match=f"in the range of {dtype}, .* tau is"):
        MarginCrossentropy(Margins.of(3, **margins), dtype=dtype)
