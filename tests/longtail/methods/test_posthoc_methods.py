import numpy as np
import pytest

from logit_adjustment_kedro.longtail import adjust_logits, normalise_weights
from logit_adjustment_kedro.longtail.methods import (
    POSTHOC,
    TRAINED,
    LastLayer,
    PosthocLogitAdjusted,
    WeightNormalised,
)

COUNTS = np.array([90, 9, 1])
LAST_LAYER = LastLayer(COUNTS, np.array([4.0, 2.0, 1.0]), np.array([1.0, 0.0, -1.0]))
LOGITS = np.random.default_rng(0).normal(size=(50, 3))
EVERY = pytest.mark.parametrize("method", POSTHOC.values(), ids=POSTHOC)


@EVERY
def test_a_posthoc_method_adjusts_a_trained_method(method):
    assert method.trained in TRAINED


@EVERY
def test_logits_keep_their_dtype_and_are_not_changed_in_place(method):
    logits = LOGITS.astype("float32")
    adjusted = method().adjust(logits, LAST_LAYER)
    assert adjusted.dtype == "float32"
    np.testing.assert_array_equal(logits, LOGITS.astype("float32"))


@EVERY
@pytest.mark.parametrize("tau", [0.0, np.float64(2.5)])
def test_at_another_tau_it_is_that_method_with_this_tau(method, tau):
    one = method(tau=1.5)
    np.testing.assert_array_equal(
        one.at(tau).adjust(LOGITS, LAST_LAYER),
        method(tau=float(tau)).adjust(LOGITS, LAST_LAYER),
    )
    assert one.at(tau) == method(tau=float(tau))
    assert one.tau == 1.5


@EVERY
def test_a_tau_that_is_no_number_is_refused(method):
    with pytest.raises(ValueError, match="tau: Input should be a finite number"):
        method().at(float("nan"))


def test_posthoc_logit_adjustment_at_tau_0_leaves_predictions_alone():
    adjusted = PosthocLogitAdjusted(tau=0.0).adjust(LOGITS, LAST_LAYER)
    np.testing.assert_array_equal(adjusted.argmax(axis=1), LOGITS.argmax(axis=1))


def test_posthoc_logit_adjustment_is_by_the_class_counts():
    np.testing.assert_array_equal(
        PosthocLogitAdjusted(tau=2.0).adjust(LOGITS, LAST_LAYER),
        adjust_logits(LOGITS, COUNTS, tau=2.0),
    )


def test_weight_normalisation_is_by_the_last_layer():
    np.testing.assert_array_equal(
        WeightNormalised(tau=2.0).adjust(LOGITS, LAST_LAYER),
        normalise_weights(LOGITS, [4.0, 2.0, 1.0], [1.0, 0.0, -1.0], tau=2.0),
    )
