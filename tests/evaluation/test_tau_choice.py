"""The tau that is chosen, of several that were tried."""

import numpy as np
import pytest

from logit_adjustment_kedro.evaluation.tau_choice import accuracies_over_tau, best_tau
from logit_adjustment_kedro.longtail.methods import LastLayer, PosthocLogitAdjusted

HALF = np.array([0.5, 0.5])


def test_the_best_tau_is_that_of_the_smallest_balanced_error():
    # Means of 0.5, 0.6, 0.55 and 0.45: the best overall is the best of neither class,
    # and at another tau the worst class is better.
    accuracies = np.array([[1.0, 0.0], [0.9, 0.3], [0.3, 0.8], [0.5, 0.4]])
    assert best_tau(np.array([0.0, 2.0, 4.0, 6.0]), accuracies, HALF) == 2.0


@pytest.mark.parametrize(
    ("taus", "best"),
    [([0.0, 0.5, 1.2, 3.0], 1.2), ([0.0, 0.9, 1.2, 3.0], 0.9), ([0, 2.0, 3.0, 4], 2)],
)
def test_of_several_it_is_the_closest_to_1(taus, best):
    accuracies = np.array([[0.2], [0.8], [0.8], [0.1]])
    assert best_tau(np.array(taus), accuracies, np.ones(1)) == best


def test_a_class_without_images_has_no_say():
    accuracies = np.array([[0.2, np.nan], [0.8, np.nan], [0.8, np.nan], [0.1, np.nan]])
    assert best_tau(np.array([0.0, 0.5, 1.2, 3.0]), accuracies, HALF) == 1.2


def test_means_that_differ_by_rounding_alone_are_equal():
    accuracies = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])
    first, second = accuracies.mean(axis=1)
    assert first > second  # in the last digit
    assert best_tau(np.array([3.0, 1.0]), accuracies, np.full(3, 1 / 3)) == 1.0


def test_accuracies_over_tau_by_hand():
    # Named a by one nat: b wins once tau * log(4) is more, so at 1 and not at 0.5.
    logits = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    last_layer = LastLayer(np.array([4, 1]), np.ones(2), np.zeros(2))
    accuracies = accuracies_over_tau(
        PosthocLogitAdjusted(tau=9.0),
        np.array([0.0, 0.5, 1.0]),
        logits,
        np.array([0, 1, 1]),
        last_layer,
    )
    assert accuracies.tolist() == [[1, 0], [1, 0], [0, 1]]
