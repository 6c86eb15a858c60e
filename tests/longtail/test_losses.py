import keras
import numpy as np
import pytest
from keras import ops
from scipy.special import log_softmax, logsumexp, softmax

from logit_adjustment_kedro.longtail import adjust_logits, class_prior
from logit_adjustment_kedro.longtail.losses import (
    LogitAdjustedCrossentropy,
    MarginCrossentropy,
)
from logit_adjustment_kedro.longtail.margins import Margins
from logit_adjustment_kedro.longtail.methods import ERM, LogitAdjusted

COUNTS = np.array([90, 9, 1])
LOGITS = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 0])


def each(loss, labels=LABELS, logits=LOGITS):
    """Returns the loss of each example as a NumPy array."""
    loss.reduction = None
    return ops.convert_to_numpy(loss(labels, logits))


def paired(weight, delta, labels=LABELS, logits=LOGITS):
    """The family as the paper writes it, example by example and pair by pair."""
    return [
        weight[y]
        * np.log1p(
            sum(
                np.exp(delta[y, other] + f[other] - f[y])
                for other in range(len(f))
                if other != y
            )
        )
        for y, f in zip(labels, logits, strict=True)
    ]


def test_logit_adjusted_by_hand():
    # Equal logits: the softmax of f + log(prior) is the prior itself.
    loss = LogitAdjustedCrossentropy(COUNTS)
    np.testing.assert_allclose(
        each(loss, np.array([0, 1, 2]), np.zeros((3, 3), "float32")),
        -np.log([0.90, 0.09, 0.01]),
        rtol=1e-6,
    )


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0, 4.0])
def test_logit_adjusted_is_the_textbook_formula(tau):
    adjusted = LOGITS + tau * np.log(class_prior(COUNTS))
    expected = -log_softmax(adjusted, axis=1)[np.arange(8), LABELS]
    loss = LogitAdjustedCrossentropy(COUNTS, tau)
    np.testing.assert_allclose(each(loss), expected, rtol=1e-5, atol=1e-6)


def test_tau_0_is_the_plain_crossentropy():
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    np.testing.assert_allclose(
        each(LogitAdjustedCrossentropy(COUNTS, tau=0.0)), each(plain), rtol=1e-6
    )
    zeros = ERM().margins(COUNTS)
    np.testing.assert_allclose(each(MarginCrossentropy(zeros)), each(plain), rtol=1e-6)


def test_loss_of_a_network_and_of_its_adjusted_logits_agree():
    """Training with the adjustment is plain training of adjusted logits."""
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    np.testing.assert_allclose(
        each(LogitAdjustedCrossentropy(COUNTS, tau=1.0), logits=LOGITS),
        each(plain, logits=adjust_logits(LOGITS, COUNTS, tau=-1.0)),
        rtol=1e-5,
    )


def test_any_margins_are_the_family_of_the_paper():
    random = np.random.default_rng(1)
    weight, own, rival, scale = random.uniform(0.1, 2.0, size=(4, 3))
    margins = Margins(weight=weight, own=own, rival=rival, scale=scale)
    np.testing.assert_allclose(
        each(MarginCrossentropy(margins)),
        paired(weight, own[:, None] + rival, logits=scale * LOGITS),
        rtol=1e-5,
    )


def test_margin_of_logit_adjustment_is_the_log_ratio_of_priors():
    margins = LogitAdjusted(tau=2.0).margins(COUNTS)
    np.testing.assert_allclose(margins.own[2] + margins.rival[0], 2 * np.log(90))
    np.testing.assert_allclose(margins.own[1] + margins.rival[1], 0, atol=1e-12)


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


def test_labels_may_stand_in_a_column():
    loss = LogitAdjustedCrossentropy(COUNTS)
    np.testing.assert_array_equal(each(loss, LABELS[:, None]), each(loss))


def test_a_tau_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="tau: Input should be a finite number"):
        LogitAdjustedCrossentropy(COUNTS, tau=float("nan"))
