import numpy as np
import pytest

from logit_adjustment_kedro.longtail import adjust_logits, normalise_weights
from logit_adjustment_kedro.longtail.method import Classifier
from logit_adjustment_kedro.longtail.methods import (
    METHODS,
    POSTHOC,
    TABLE_1,
    TRAINED,
    Adaptive,
    PosthocLogitAdjusted,
    WeightNormalised,
)

COUNTS = np.array([90, 9, 1])
CLASSIFIER = Classifier(COUNTS, np.array([4.0, 2.0, 1.0]), np.array([1.0, 0.0, -1.0]))
LOGITS = np.random.default_rng(0).normal(size=(50, 3))


def test_every_method_is_either_trained_or_posthoc():
    assert TRAINED.keys() | POSTHOC.keys() == METHODS.keys()
    assert not TRAINED.keys() & POSTHOC.keys()


def test_titles_tell_the_methods_apart():
    assert len({method.title for method in METHODS.values()}) == len(METHODS)


def test_the_methods_of_table_1_are_registered():
    assert set(TABLE_1) <= METHODS.keys()


@pytest.mark.parametrize("method", POSTHOC.values(), ids=POSTHOC)
def test_a_posthoc_method_adjusts_a_trained_method(method):
    assert method.trained in TRAINED


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_parameter_that_does_not_exist_is_refused_by_its_name(method):
    with pytest.raises(ValueError, match="tua: there is no such parameter"):
        method.model_validate({"tua": 1.0})


@pytest.mark.parametrize("method", TRAINED.values(), ids=TRAINED)
def test_unless_deferred_labels_weigh_one_to_the_end(method):
    assert method().deferred_weight(COUNTS).tolist() == [1, 1, 1]


def test_deferred_weights_are_by_the_effective_number_at_beta_09999():
    weight = (1 - 0.9999) / (1 - 0.9999**COUNTS)
    np.testing.assert_allclose(
        Adaptive(deferred=True).deferred_weight(COUNTS), 3 * weight / weight.sum()
    )


def test_the_margins_of_the_adaptive_loss_are_not_deferred():
    deferred, plain = (Adaptive(deferred=d).margins(COUNTS) for d in (True, False))
    np.testing.assert_array_equal(deferred.own, plain.own)
    np.testing.assert_array_equal(deferred.weight, plain.weight)


def test_posthoc_logit_adjustment_at_tau_0_leaves_predictions_alone():
    adjusted = PosthocLogitAdjusted(tau=0.0).adjust(LOGITS, CLASSIFIER)
    np.testing.assert_array_equal(adjusted.argmax(axis=1), LOGITS.argmax(axis=1))


def test_posthoc_logit_adjustment_is_by_the_class_counts():
    np.testing.assert_array_equal(
        PosthocLogitAdjusted(tau=2.0).adjust(LOGITS, CLASSIFIER),
        adjust_logits(LOGITS, COUNTS, tau=2.0),
    )


def test_weight_normalisation_is_by_the_last_layer():
    np.testing.assert_array_equal(
        WeightNormalised(tau=2.0).adjust(LOGITS, CLASSIFIER),
        normalise_weights(LOGITS, [4.0, 2.0, 1.0], [1.0, 0.0, -1.0], tau=2.0),
    )
