"""What every loss with a name must do, and the textbook formula of each."""

import keras
import numpy as np
import pytest
from keras import ops
from test_losses import COUNTS, LABELS, LOGITS, each, paired

from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.losses import (
    AdaptiveCrossentropy,
    BalancedCrossentropy,
    ClassBalancedCrossentropy,
    EqualisedCrossentropy,
    LogitAdjustedAdaptiveCrossentropy,
    LogitAdjustedCrossentropy,
    VectorScalingCrossentropy,
)

PRIOR = np.array([0.90, 0.09, 0.01])
ONES, NONE = np.ones(3), np.zeros((3, 3))
LOG_RATIO = np.log(PRIOR[None, :] / PRIOR[:, None])
LOG_RIVAL = np.tile(np.log(PRIOR), (3, 1))
ADAPTIVE = np.tile(PRIOR[:, None] ** -0.25, 3)


def effective(beta):
    weight = (1 - beta) / (1 - beta**COUNTS)
    return 3 * weight / weight.sum()


# Class, parameters; and its alpha, Delta and factor of the logits as published.
TEXTBOOK = [
    (BalancedCrossentropy, {}, 1 / (3 * PRIOR), NONE, ONES),
    (ClassBalancedCrossentropy, {}, effective(0.9999), NONE, ONES),
    (ClassBalancedCrossentropy, {"beta": 0.9}, effective(0.9), NONE, ONES),
    (AdaptiveCrossentropy, {}, ONES, ADAPTIVE, ONES),
    (EqualisedCrossentropy, {}, ONES, LOG_RIVAL, ONES),
    (EqualisedCrossentropy, {"tau": 0.5}, ONES, 0.5 * LOG_RIVAL, ONES),
    (LogitAdjustedCrossentropy, {}, ONES, LOG_RATIO, ONES),
    (LogitAdjustedCrossentropy, {"tau": 0.5}, ONES, 0.5 * LOG_RATIO, ONES),
    (
        LogitAdjustedCrossentropy,
        {"tau": 3.0, "fisher_weight": True},
        PRIOR**2 / (PRIOR @ PRIOR**2),
        3 * LOG_RATIO,
        ONES,
    ),
    (LogitAdjustedAdaptiveCrossentropy, {}, ONES, LOG_RATIO + ADAPTIVE, ONES),
    (VectorScalingCrossentropy, {}, ONES, LOG_RATIO, (COUNTS / 90) ** 0.15),
    (
        VectorScalingCrossentropy,
        {"gamma": 0.5, "tau": 2.0},
        ONES,
        2 * LOG_RATIO,
        1 / np.sqrt([1, 10, 90]),
    ),
]
NAMES = [f"{row[0].__name__}-{row[1]}" for row in TEXTBOOK]
EVERY = pytest.mark.parametrize(
    ("loss_class", "parameters"), [row[:2] for row in TEXTBOOK], ids=NAMES
)
CIFAR100_LT = exponential_profile(500, 100, 100)


def huge():
    """Two images of the rarest class of CIFAR-100-LT, one named wrongly, one rightly.

    The logits are all of size 10,000; the prior of the class is 5/10,847.
    """
    logits = np.full((2, 100), -1e4, "float32")
    logits[0, 0] = logits[1, 99] = 1e4
    return np.array([99, 99]), logits


@pytest.mark.parametrize(
    ("loss_class", "parameters", "weight", "delta", "scale"), TEXTBOOK, ids=NAMES
)
def test_loss_is_the_textbook_formula(loss_class, parameters, weight, delta, scale):
    np.testing.assert_allclose(
        each(loss_class(COUNTS, **parameters)),
        paired(weight, delta, logits=scale * LOGITS),
        rtol=1e-5,
        atol=1e-6,
    )


@pytest.mark.parametrize("loss_class", dict.fromkeys(row[0] for row in TEXTBOOK))
def test_what_a_loss_does_unless_told_is_what_its_method_does(loss_class):
    method = loss_class(COUNTS).method
    assert method == type(method)()


def test_balanced_loss_of_equal_logits_is_log_l_over_the_training_set():
    labels = np.repeat([0, 1, 2], COUNTS)
    loss = BalancedCrossentropy(COUNTS)(labels, np.zeros((100, 3), "float32"))
    assert float(loss) == pytest.approx(np.log(3), rel=1e-5)


def test_class_balanced_by_hand():
    # E_3 = 1.75 and E_1 = 1 at beta 1/2: weights 4/11 and 7/11, times two.
    loss = ClassBalancedCrossentropy([3, 1], beta=0.5)
    losses = each(loss, np.array([0, 1]), np.zeros((2, 2), "float32"))
    np.testing.assert_allclose(losses, np.log(2) * np.array([8, 14]) / 11, rtol=1e-6)


def test_adaptive_by_hand():
    # A prior of 1/16 is a margin of 2.
    loss = AdaptiveCrossentropy([15, 1])
    losses = each(loss, np.array([1]), np.zeros((1, 2), "float32"))
    np.testing.assert_allclose(losses, [np.log1p(np.exp(2))], rtol=1e-6)


@pytest.mark.parametrize("tau", [0.0, 1.0, 2.5])
def test_vector_scaling_at_gamma_0_is_the_logit_adjusted_loss(tau):
    np.testing.assert_allclose(
        each(VectorScalingCrossentropy(COUNTS, gamma=0.0, tau=tau)),
        each(LogitAdjustedCrossentropy(COUNTS, tau)),
        rtol=1e-6,
    )


def test_vector_scaling_at_tau_0_is_the_crossentropy_of_scaled_logits():
    """The CDT loss."""
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    scaled = LOGITS / np.array([1, 10, 90], "float32") ** 0.3
    np.testing.assert_allclose(
        each(VectorScalingCrossentropy(COUNTS, gamma=0.3, tau=0.0)),
        each(plain, logits=scaled),
        rtol=1e-5,
    )


@pytest.mark.parametrize(
    "loss_class",
    [
        BalancedCrossentropy,
        ClassBalancedCrossentropy,
        LogitAdjustedCrossentropy,
        VectorScalingCrossentropy,
    ],
)
def test_of_balanced_classes_it_is_the_plain_crossentropy(loss_class):
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    np.testing.assert_allclose(each(loss_class([7, 7, 7])), each(plain), rtol=1e-5)


@EVERY
def test_loss_takes_the_name_and_the_reduction_of_keras(loss_class, parameters):
    loss = loss_class(COUNTS, **parameters, name="mine", reduction="sum")
    assert loss.name == "mine"
    expected = each(loss_class(COUNTS, **parameters)).sum()
    assert float(loss(LABELS, LOGITS)) == pytest.approx(expected, rel=1e-5)


@EVERY
def test_loss_survives_saving_in_a_compiled_model(tmp_path, loss_class, parameters):
    loss = loss_class(COUNTS, **parameters, name="mine", reduction="sum")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.compile("sgd", loss)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").loss
    assert type(loaded) is loss_class
    assert loaded.get_config() == loss.get_config()
    np.testing.assert_array_equal(loaded(LABELS, LOGITS), loss(LABELS, LOGITS))


@EVERY
def test_huge_logits_and_a_rare_class_give_finite_losses(loss_class, parameters):
    wrong, right = each(loss_class(CIFAR100_LT, **parameters), *huge())
    assert 0 <= right < wrong < np.inf


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="uses its tape")
@EVERY
def test_huge_logits_and_a_rare_class_give_finite_gradients(loss_class, parameters):
    import tensorflow as tf

    labels, logits = huge()
    logits = tf.Variable(logits)
    with tf.GradientTape() as tape:
        loss = loss_class(CIFAR100_LT, **parameters)(labels, logits)
    gradient = ops.convert_to_numpy(tape.gradient(loss, logits))
    assert np.isfinite(gradient).all()
    assert gradient[0, 99] < 0 < gradient[0, 0]


@EVERY
def test_a_class_without_images_is_refused(loss_class, parameters):
    with pytest.raises(ValueError, match=r"training image.*class_counts\[1\]=0"):
        loss_class([3, 0, 1], **parameters)


@EVERY
def test_another_number_of_logits_is_refused(loss_class, parameters):
    loss = loss_class(COUNTS, **parameters)
    with pytest.raises(ValueError, match=r"of 3 classes.*y_pred.shape=\(1, 2\)"):
        loss(np.array([0]), np.zeros((1, 2), "float32"))


@pytest.mark.parametrize(
    ("loss_class", "parameters"),
    [
        (ClassBalancedCrossentropy, {"beta": 1.5}),
        (EqualisedCrossentropy, {"tau": float("inf")}),
        (VectorScalingCrossentropy, {"gamma": -0.1}),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_its_name(loss_class, parameters):
    with pytest.raises(ValueError, match=f"^{next(iter(parameters))}: "):
        loss_class(COUNTS, **parameters)
