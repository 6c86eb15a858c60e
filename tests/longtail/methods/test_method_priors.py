"""The prior that each method's logits are for, found by training with its loss.

Three Gaussians with unit variance, for which a linear network can be right: with
enough points, what a loss teaches it is the exact probability of each class in one mix.
"""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp, softmax

from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.methods import (
    ERM,
    METHODS,
    Balanced,
    ClassBalanced,
    ClassifierRetraining,
    LogitAdjusted,
    PosthocLogitAdjusted,
)

COUNTS = np.array([70, 25, 5])
MEANS = np.array([[1.0, 0.0], [-0.5, 0.9], [-0.5, -0.9]])
POINTS = 2_000  # of each class


@pytest.fixture(scope="module")
def points():
    """`[3 * POINTS, 2]`, class by class."""
    noise = np.random.default_rng(0).normal(size=(len(MEANS), POINTS, 2))
    return (MEANS[:, None] + noise).reshape(-1, 2)


def exact(points, prior):
    """Returns the probabilities of the classes in a mix, `[N, 3]`, by Bayes."""
    distances = ((points[:, None] - MEANS) ** 2).sum(axis=-1)
    return softmax(np.log(prior) - distances / 2, axis=1)


def learn(method, points):
    """Returns the logits of a linear network that minimises the loss of a method."""
    margins = method.margins(COUNTS)
    labels = np.repeat(np.arange(3), POINTS)
    inputs = np.column_stack([points, np.ones(len(points))])
    one_hot = np.eye(3)[labels]
    # Each class weighs what its share of the images of the batches is.
    shares = np.full(3, 1 / 3) if method.balanced_batches else COUNTS / COUNTS.sum()
    weights = (margins.weight * shares)[labels] / POINTS

    def loss(flat):
        logits = margins.scale * (inputs @ flat.reshape(3, 3))
        logits = logits + np.where(one_hot, -margins.own, margins.rival)
        of_each = logsumexp(logits, axis=1) - (one_hot * logits).sum(axis=1)
        slopes = margins.scale * (softmax(logits, axis=1) - one_hot)
        gradient = inputs.T @ (weights[:, None] * slopes)
        return weights @ of_each, gradient.ravel()

    found = minimize(loss, np.zeros(9), jac=True, options={"gtol": 1e-7})
    return inputs @ found.x.reshape(3, 3)


def furthest(logits, probabilities):
    """Returns by how much the probabilities differ, the mean over the points."""
    return np.abs(softmax(logits, axis=1) - probabilities).mean()


CALIBRATED = [
    ERM(),
    Balanced(),
    ClassBalanced(beta=0.9),
    ClassBalanced(beta=0.99),
    LogitAdjusted(tau=0.5),
    LogitAdjusted(tau=1.0),
    LogitAdjusted(tau=1.5),
    LogitAdjusted(tau=1.5, fisher_weight=True),
    ClassifierRetraining(),
]


@pytest.mark.parametrize("method", CALIBRATED, ids=repr)
def test_a_loss_teaches_the_probabilities_of_its_prior(method, points):
    logits = learn(method, points)
    assert furthest(logits, exact(points, method.prior(COUNTS))) < 0.01


@pytest.mark.parametrize("tau", [0.5, 1.0, 1.5])
def test_adjusted_logits_are_for_the_prior_of_the_adjustment(tau, points):
    logits = adjust_logits(learn(ERM(), points), COUNTS, tau)
    prior = PosthocLogitAdjusted(tau=tau).prior(COUNTS)
    assert furthest(logits, exact(points, prior)) < 0.01


@pytest.mark.parametrize("method", CALIBRATED, ids=repr)
def test_from_its_prior_a_method_is_moved_to_any_mix(method, points):
    target = np.array([0.1, 0.2, 0.7])
    prior = method.prior(COUNTS)
    logits = adjust_logits(learn(method, points), prior, target_prior=target)
    assert furthest(logits, exact(points, target)) < 0.01


def test_the_other_methods_are_for_no_mix():
    without = {
        name for name, method in METHODS.items() if method().prior([2, 1]) is None
    }
    assert without == {
        *("weight_normalised", "adaptive", "ldam", "equalised"),
        *("logit_adjusted_adaptive", "vs", "tau_experts"),
    }


@pytest.mark.parametrize("name", ["equalised", "logit_adjusted_adaptive", "vs"])
def test_no_mix_is_right_for_the_others(name, points):
    log_probabilities = log_softmax(learn(METHODS[name](), points), axis=1)
    at_uniform = np.log(exact(points, np.full(3, 1 / 3)))
    # If the logits were for a mix, this would be its logarithm at every point, but for
    # what is added to all classes alike.
    log_prior = log_probabilities - at_uniform
    log_prior -= log_prior.mean(axis=1, keepdims=True)
    assert log_prior.std(axis=0).max() > 0.2


@pytest.mark.parametrize("method", CALIBRATED, ids=repr)
def test_a_prior_is_a_prior(method):
    prior = method.prior(COUNTS)
    assert prior.shape == (3,)
    assert (prior > 0).all()
    assert prior.sum() == pytest.approx(1)
