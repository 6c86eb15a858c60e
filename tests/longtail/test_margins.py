"""Theorem 1 of Menon et al., ICLR 2021, on a distribution small enough to solve.

Four instances and three classes: what the best logits are is known exactly.
"""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp

from logit_adjustment_kedro.longtail.margins import (
    Margins,
    adaptive_margin,
    class_balanced_weight,
    fisher_consistent_margins,
)
from logit_adjustment_kedro.longtail.methods import ERM, LogitAdjusted

COUNTS = np.array([90, 9, 1])
PRIOR = COUNTS / 100
# p(x | y): a row is an instance, a column is a class.
LIKELIHOOD = np.array(
    [
        [0.7, 0.1, 0.2],
        [0.1, 0.6, 0.1],
        [0.1, 0.2, 0.3],
        [0.1, 0.1, 0.4],
    ]
)
JOINT = LIKELIHOOD * PRIOR
BALANCED_RULE = [0, 1, 2, 2]
DELTAS = np.random.default_rng(0).uniform(0.01, 10.0, size=(5, 3))


def best_logits(margins: Margins) -> np.ndarray:
    """Minimises the expected loss over all functions of x; `[4, 3]`, of mean 0."""

    def expected_loss(logits, posterior):
        g = margins.scale * logits
        moved = g + margins.own[:, None] + margins.rival
        np.fill_diagonal(moved, g)
        return posterior * margins.weight @ (logsumexp(moved, axis=1) - g)

    found = [
        minimize(expected_loss, np.zeros(3), args=row / row.sum(), tol=1e-9).x
        for row in JOINT
    ]
    return np.array(found) - np.mean(found, axis=1, keepdims=True)


def test_the_table_is_one_where_balancing_matters():
    np.testing.assert_allclose(JOINT.sum(axis=0), PRIOR)
    assert LIKELIHOOD.argmax(axis=1).tolist() == BALANCED_RULE
    assert JOINT.argmax(axis=1).tolist() == [0, 0, 0, 0]


def test_erm_finds_the_most_probable_class_and_not_the_balanced_rule():
    found = best_logits(ERM().margins(COUNTS))
    assert found.argmax(axis=1).tolist() == JOINT.argmax(axis=1).tolist()


@pytest.mark.parametrize("delta", DELTAS)
def test_any_delta_finds_the_balanced_rule(delta):
    found = best_logits(fisher_consistent_margins(COUNTS, delta))
    assert found.argmax(axis=1).tolist() == BALANCED_RULE


@pytest.mark.parametrize("delta", DELTAS)
def test_any_delta_finds_the_log_likelihood(delta):
    """The best logits are log p(x | y), but for a constant of each x."""
    found = best_logits(fisher_consistent_margins(COUNTS, delta))
    log_likelihood = np.log(LIKELIHOOD)
    expected = log_likelihood - log_likelihood.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_logit_adjustment_at_tau_3_goes_past_the_balanced_rule():
    found = best_logits(LogitAdjusted(tau=3.0).margins(COUNTS))
    assert found.argmax(axis=1).tolist() == [2, 2, 2, 2]


def test_the_fisher_weight_brings_tau_3_back_to_the_balanced_rule():
    found = best_logits(LogitAdjusted(tau=3.0, fisher_weight=True).margins(COUNTS))
    assert found.argmax(axis=1).tolist() == BALANCED_RULE


def test_logit_adjustment_at_tau_1_needs_no_weight():
    weighted = LogitAdjusted(tau=1.0, fisher_weight=True).margins(COUNTS)
    np.testing.assert_allclose(weighted.weight, 1, rtol=1e-12)


def test_the_fisher_weight_of_logit_adjustment_is_that_of_delta_prior_to_the_tau():
    adjusted = LogitAdjusted(tau=2.0, fisher_weight=True).margins(COUNTS)
    consistent = fisher_consistent_margins(COUNTS, PRIOR**2)
    np.testing.assert_allclose(adjusted.weight, consistent.weight)
    np.testing.assert_allclose(adjusted.own, consistent.own)
    np.testing.assert_allclose(adjusted.rival, consistent.rival)


@pytest.mark.parametrize("delta", DELTAS)
def test_weights_have_mean_1_over_the_training_set(delta):
    weight = fisher_consistent_margins(COUNTS, delta).weight
    assert np.average(weight, weights=COUNTS) == pytest.approx(1)


def test_a_factor_of_delta_changes_no_pair():
    one, ten = (fisher_consistent_margins(COUNTS, f * DELTAS[0]) for f in (1, 10))
    np.testing.assert_allclose(one.weight, ten.weight)
    np.testing.assert_allclose(
        one.own[:, None] + one.rival, ten.own[:, None] + ten.rival
    )


def test_delta_of_ones_is_the_balanced_loss():
    margins = fisher_consistent_margins(COUNTS, np.ones(3))
    np.testing.assert_allclose(margins.weight, 1 / (3 * PRIOR))
    assert not (margins.own[:, None] + margins.rival).any()


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan, np.inf])
def test_a_delta_that_is_not_positive_is_refused(wrong):
    with pytest.raises(ValueError, match="Expected positive delta"):
        fisher_consistent_margins(COUNTS, [1.0, wrong, 1.0])


def test_a_class_without_images_is_refused():
    with pytest.raises(ValueError, match="at least one training image"):
        fisher_consistent_margins([3, 0], [1.0, 1.0])


def test_class_balanced_weights_sum_to_the_number_of_classes():
    assert class_balanced_weight(COUNTS, 0.99).sum() == pytest.approx(3)


def test_class_balanced_weights_at_beta_0_are_all_alike():
    np.testing.assert_allclose(class_balanced_weight(COUNTS, 0.0), 1)


def test_class_balanced_weights_at_beta_1_are_the_inverse_prior():
    weight = class_balanced_weight(COUNTS, 1.0)
    np.testing.assert_allclose(weight / weight[0], [1, 10, 90])


def test_adaptive_margin_by_hand():
    np.testing.assert_allclose(adaptive_margin([15, 1])[1], 2)
