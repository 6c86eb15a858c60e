"""What the loss of every method must do, and the textbook formula of each."""

import re

import keras
import numpy as np
import pytest
from keras import ops
from loss_examples import COUNTS, LABELS, LOGITS, each, paired

from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.losses import LongTailCrossentropy
from logit_adjustment_kedro.longtail.methods import TRAINED

PRIOR = np.array([0.90, 0.09, 0.01])
ONES, NONE = np.ones(3), np.zeros((3, 3))
LOG_RATIO = np.log(PRIOR[None, :] / PRIOR[:, None])
LOG_RIVAL = np.tile(np.log(PRIOR), (3, 1))
LDAM = np.tile((1 / COUNTS[:, None]) ** 0.25, 3)
ADAPTIVE = np.tile(PRIOR[:, None] ** -0.25, 3)
FISHER = {"tau": 3.0, "fisher_weight": True}
FISHER_WEIGHT = PRIOR**2 / (PRIOR @ PRIOR**2)


def effective(beta):
    weight = (1 - beta) / (1 - beta**COUNTS)
    return 3 * weight / weight.sum()


def per_image(weight):
    return weight / (PRIOR @ weight)


# Method, parameters; and its alpha, Delta and factor of the logits as published.
TEXTBOOK = [
    ("erm", {}, ONES, NONE, ONES),
    ("balanced", {}, 1 / (3 * PRIOR), NONE, ONES),
    ("class_balanced", {}, per_image(effective(0.9999)), NONE, ONES),
    ("class_balanced", {"beta": 0.9}, per_image(effective(0.9)), NONE, ONES),
    ("class_balanced", {"mean_over": "classes"}, effective(0.9999), NONE, ONES),
    ("adaptive", {}, ONES, ADAPTIVE, ONES),
    ("ldam", {}, ONES, 15 * LDAM, ONES),
    ("ldam", {"max_margin": 0.1, "scale": 20.0}, ONES, 2 * LDAM, ONES),
    ("equalised", {}, ONES, LOG_RIVAL, ONES),
    ("equalised", {"tau": 0.5}, ONES, 0.5 * LOG_RIVAL, ONES),
    ("logit_adjusted", {}, ONES, LOG_RATIO, ONES),
    ("logit_adjusted", {"tau": 0.5}, ONES, 0.5 * LOG_RATIO, ONES),
    ("logit_adjusted", FISHER, FISHER_WEIGHT, 3 * LOG_RATIO, ONES),
    ("tail_expert", {}, ONES, 2 * LOG_RATIO, ONES),
    ("logit_adjusted_adaptive", {}, ONES, LOG_RATIO + ADAPTIVE, ONES),
    ("vs", {}, ONES, LOG_RATIO, (COUNTS / 90) ** 0.3),
    (
        "vs",
        {"gamma": 0.5, "tau": 2.0},
        ONES,
        2 * LOG_RATIO,
        1 / np.sqrt([1, 10, 90]),
    ),
]
LOSSES = [name for name in TRAINED if name != "crt"]
EVERY = pytest.mark.parametrize("method", LOSSES)
CIFAR100_LT = exponential_profile(500, 100, 100)


def huge():
    """Two images of the rarest class of CIFAR-100-LT, one named wrongly, one rightly.

    The logits are all of size 10,000; the prior of the class is 5/10,847.
    """
    logits = np.full((2, 100), -1e4, "float32")
    logits[0, 0] = logits[1, 99] = 1e4
    return np.array([99, 99]), logits


@pytest.mark.parametrize(
    ("method", "parameters", "weight", "delta", "scale"),
    TEXTBOOK,
    ids=[f"{row[0]}-{row[1]}" for row in TEXTBOOK],
)
def test_loss_is_the_textbook_formula(method, parameters, weight, delta, scale):
    np.testing.assert_allclose(
        each(LongTailCrossentropy(method, COUNTS, **parameters)),
        paired(weight, delta, logits=scale * LOGITS),
        rtol=1e-5,
        atol=1e-6,
    )


def test_every_method_is_held_to_its_textbook_formula():
    assert {row[0] for row in TEXTBOOK} == {*LOSSES}


def test_balanced_loss_of_equal_logits_is_log_l_over_the_training_set():
    labels = np.repeat([0, 1, 2], COUNTS)
    loss = LongTailCrossentropy("balanced", COUNTS)
    equal = np.zeros((100, 3), "float32")
    assert float(loss(labels, equal)) == pytest.approx(np.log(3), rel=1e-5)


def test_class_balanced_by_hand():
    # E_3 = 1.75 and E_1 = 1 at beta 1/2: weights as 4 to 7, whose mean over the four
    # images is 19/4, and over the two classes 11/2.
    for mean_over, mean in (("images", 19 / 4), ("classes", 11 / 2)):
        given = {"beta": 0.5, "mean_over": mean_over}
        loss = LongTailCrossentropy("class_balanced", [3, 1], **given)
        losses = each(loss, np.array([0, 1]), np.zeros((2, 2), "float32"))
        expected = np.log(2) * np.array([4, 7]) / mean
        np.testing.assert_allclose(losses, expected, rtol=1e-6)


def test_adaptive_by_hand():
    # A prior of 1/16 is a margin of 2.
    loss = LongTailCrossentropy("adaptive", [15, 1])
    losses = each(loss, np.array([1]), np.zeros((1, 2), "float32"))
    np.testing.assert_allclose(losses, [np.log1p(np.exp(2))], rtol=1e-6)


@pytest.mark.parametrize("tau", [0.0, 1.0, 2.5])
def test_vector_scaling_at_gamma_0_is_the_logit_adjusted_loss(tau):
    np.testing.assert_allclose(
        each(LongTailCrossentropy("vs", COUNTS, gamma=0.0, tau=tau)),
        each(LongTailCrossentropy("logit_adjusted", COUNTS, tau=tau)),
        rtol=1e-6,
    )


def test_vector_scaling_at_tau_0_is_the_crossentropy_of_scaled_logits():
    """The CDT loss."""
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    scaled = LOGITS / np.array([1, 10, 90], "float32") ** 0.3
    np.testing.assert_allclose(
        each(LongTailCrossentropy("vs", COUNTS, gamma=0.3, tau=0.0)),
        each(plain, logits=scaled),
        rtol=1e-5,
    )


@pytest.mark.parametrize(
    "method", ["erm", "balanced", "class_balanced", "logit_adjusted", "vs"]
)
def test_of_balanced_classes_it_is_the_plain_crossentropy(method):
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    loss = LongTailCrossentropy(method, [7, 7, 7])
    np.testing.assert_allclose(each(loss), each(plain), rtol=1e-5)


@EVERY
def test_loss_is_called_after_its_method_unless_told(method):
    assert LongTailCrossentropy(method, COUNTS).name == f"{method}_crossentropy"


@EVERY
def test_loss_takes_the_name_and_the_reduction_of_keras(method):
    loss = LongTailCrossentropy(method, COUNTS, name="mine", reduction="sum")
    assert loss.name == "mine"
    expected = each(LongTailCrossentropy(method, COUNTS)).sum()
    assert float(loss(LABELS, LOGITS)) == pytest.approx(expected, rel=1e-5)


@EVERY
def test_the_configuration_mirrors_the_arguments(method):
    arguments = {
        "method": method,
        "class_counts": [90, 9, 1],
        "name": "mine",
        "reduction": "sum",
        "dtype": "float16",
        **TRAINED[method]().model_dump(),
    }
    assert LongTailCrossentropy(**arguments).get_config() == arguments


@pytest.mark.parametrize(
    ("method", "parameters"),
    [*((name, {}) for name in LOSSES), *(row[:2] for row in TEXTBOOK if row[1])],
    ids=str,
)
def test_loss_survives_saving_in_a_compiled_model(tmp_path, method, parameters):
    loss = LongTailCrossentropy(method, COUNTS, reduction="sum", **parameters)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.compile("sgd", loss)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").loss
    assert type(loaded) is LongTailCrossentropy
    assert loaded.get_config() == loss.get_config()
    np.testing.assert_array_equal(loaded(LABELS, LOGITS), loss(LABELS, LOGITS))


@EVERY
def test_huge_logits_and_a_rare_class_give_finite_losses(method):
    wrong, right = each(LongTailCrossentropy(method, CIFAR100_LT), *huge())
    assert 0 <= right < wrong < np.inf


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="uses its tape")
@EVERY
def test_huge_logits_and_a_rare_class_give_finite_gradients(method):
    import tensorflow as tf

    labels, logits = huge()
    logits = tf.Variable(logits)
    with tf.GradientTape() as tape:
        loss = LongTailCrossentropy(method, CIFAR100_LT)(labels, logits)
    gradient = ops.convert_to_numpy(tape.gradient(loss, logits))
    assert np.isfinite(gradient).all()
    assert gradient[0, 99] < 0 < gradient[0, 0]


@pytest.mark.parametrize("method", [name for name in LOSSES if name != "erm"])
def test_a_class_without_images_is_refused(method):
    with pytest.raises(ValueError, match=r"training image.*class_counts\[1\]=0"):
        LongTailCrossentropy(method, [3, 0, 1])


@EVERY
def test_another_number_of_logits_is_refused(method):
    loss = LongTailCrossentropy(method, COUNTS)
    with pytest.raises(ValueError, match=r"of 3 classes.*y_pred.shape=\(1, 2\)"):
        loss(np.array([0]), np.zeros((1, 2), "float32"))


@EVERY
def test_a_parameter_that_does_not_exist_is_refused_by_its_name(method):
    with pytest.raises(ValueError, match="tua: there is no such parameter"):
        LongTailCrossentropy(method, COUNTS, tua=1.0)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("class_balanced", {"beta": 1.5}),
        ("equalised", {"tau": float("inf")}),
        ("vs", {"gamma": -0.1}),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_its_name(method, parameters):
    with pytest.raises(ValueError, match=f"^{next(iter(parameters))}: "):
        LongTailCrossentropy(method, COUNTS, **parameters)


@pytest.mark.parametrize("method", ["posthoc_logit_adjusted", "crt", "softmax", None])
def test_what_is_no_loss_is_refused(method):
    told = re.escape(f"one of {LOSSES}. Received: method={method!r}")
    with pytest.raises(ValueError, match=told):
        LongTailCrossentropy(method, COUNTS)


def test_weights_that_come_late_are_refused():
    told = "does not know the epoch. Received: adaptive with {'deferred': True}"
    with pytest.raises(ValueError, match=told):
        LongTailCrossentropy("adaptive", COUNTS, deferred=True)
