import keras
import numpy as np
import pandas as pd
import pytest
from loss_examples import COUNTS, LABELS, LOGITS, each
from scipy.special import log_softmax, logsumexp, softmax

from logit_adjustment_kedro.longtail import adjust_logits, class_prior
from logit_adjustment_kedro.longtail.losses import (
    LogitAdjustedCrossentropy,
    LongTailCrossentropy,
)


def partial_long_tail(class_counts):
    return LongTailCrossentropy("logit_adjusted", class_counts)


def test_by_hand():
    # Equal logits: the softmax of f + log(prior) is the prior itself.
    np.testing.assert_allclose(
        each(
            LogitAdjustedCrossentropy(COUNTS),
            np.array([0, 1, 2]),
            np.zeros((3, 3), "float32"),
        ),
        -np.log([0.90, 0.09, 0.01]),
        rtol=1e-6,
    )


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0, 4.0])
def test_it_is_the_textbook_formula(tau):
    adjusted = LOGITS + tau * np.log(class_prior(COUNTS))
    expected = -log_softmax(adjusted, axis=1)[np.arange(8), LABELS]
    loss = LogitAdjustedCrossentropy(COUNTS, tau)
    np.testing.assert_allclose(each(loss), expected, rtol=1e-5, atol=1e-6)


def test_tau_0_is_the_plain_crossentropy():
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    np.testing.assert_allclose(
        each(LogitAdjustedCrossentropy(COUNTS, tau=0.0)), each(plain), rtol=1e-6
    )


@pytest.mark.parametrize("parameters", [{}, {"tau": 3.0, "fisher_weight": True}])
def test_it_is_the_loss_of_the_method_of_this_name(parameters):
    np.testing.assert_array_equal(
        each(LogitAdjustedCrossentropy(COUNTS, **parameters)),
        each(LongTailCrossentropy("logit_adjusted", COUNTS, **parameters)),
    )


def test_loss_of_a_network_and_of_its_adjusted_logits_agree():
    """Training with the adjustment is plain training of adjusted logits."""
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    np.testing.assert_allclose(
        each(LogitAdjustedCrossentropy(COUNTS, tau=1.0), logits=LOGITS),
        each(plain, logits=adjust_logits(LOGITS, COUNTS, tau=-1.0)),
        rtol=1e-5,
    )


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="uses its tape")
def test_gradient_is_adjusted_softmax_minus_label():
    import tensorflow as tf

    logits = tf.Variable(LOGITS)
    with tf.GradientTape() as tape:
        loss = LogitAdjustedCrossentropy(COUNTS, tau=1.5)(LABELS, logits)
    adjusted = LOGITS + 1.5 * np.log(class_prior(COUNTS))
    expected = (softmax(adjusted, axis=1) - np.eye(3)[LABELS]) / 8
    np.testing.assert_allclose(tape.gradient(loss, logits), expected, atol=1e-6)


def test_huge_logits_and_rare_classes_do_not_overflow():
    counts = np.array([10_846, 1])
    logits = np.array([[1e4, -1e4], [-1e4, 1e4]], "float32")
    losses = each(LogitAdjustedCrossentropy(counts, 4.0), np.array([1, 1]), logits)
    adjusted = logits + 4 * np.log(class_prior(counts))
    expected = logsumexp(adjusted, axis=1) - adjusted[:, 1]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


def test_the_configuration_mirrors_the_arguments():
    arguments = {
        "class_counts": [90, 9, 1],
        "tau": 2.0,
        "fisher_weight": True,
        "name": "mine",
        "reduction": "sum",
        "dtype": "float16",
    }
    assert LogitAdjustedCrossentropy(**arguments).get_config() == arguments


def test_it_survives_saving_in_a_compiled_model(tmp_path):
    loss = LogitAdjustedCrossentropy(COUNTS, tau=2.0, reduction="sum")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.compile("sgd", loss)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").loss
    assert type(loaded) is LogitAdjustedCrossentropy
    assert loaded.get_config() == loss.get_config()
    np.testing.assert_array_equal(loaded(LABELS, LOGITS), loss(LABELS, LOGITS))


def test_a_tau_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="tau: Input should be a finite number"):
        LogitAdjustedCrossentropy(COUNTS, tau=float("nan"))


def test_a_class_without_images_is_refused():
    with pytest.raises(ValueError, match=r"training image.*class_counts\[1\]=0"):
        LogitAdjustedCrossentropy([3, 0, 1])


@pytest.mark.parametrize("tau", [1e38, -1e38, 1e308])
@pytest.mark.parametrize("fisher_weight", [False, True])
def test_a_tau_beyond_the_dtype_of_the_loss_is_refused(tau, fisher_weight):
    with pytest.raises(ValueError, match="range of float.*tau|tau: Input should be"):
        LogitAdjustedCrossentropy([9998, 1, 1], tau, fisher_weight)


@pytest.mark.parametrize("make", [LogitAdjustedCrossentropy, partial_long_tail])
def test_counts_in_the_order_of_frequency_are_read_by_their_labels(make):
    """A label with 2 of 3 images costs log(3 / 2); by the order, it would be log 3."""
    loss = make(pd.Series([1, 0, 1]).value_counts())
    value = float(loss(np.array([1]), np.zeros((1, 2), "float32")))
    assert value == pytest.approx(np.log(3 / 2))
    assert loss.get_config()["class_counts"] == [1, 2]
