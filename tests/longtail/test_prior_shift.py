import numpy as np
import pytest
from scipy.stats import norm

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import adjust_logits, gaussians, prior_shift
from logit_adjustment_kedro.longtail.prior_shift import estimate_prior

TRAIN_SHARE = 0.05
TARGETS = [0.05, 0.2, 0.5, 0.95]


def bayes_logits(points, positive_share):
    """The exact logits of the two Gaussians in a mix: log odds of 2 (x1 + x2)."""
    log_odds = 2 * points.sum(axis=1) + np.log(positive_share / (1 - positive_share))
    return np.stack([-log_odds / 2, log_odds / 2], axis=1)


@pytest.mark.parametrize("share", TARGETS)
def test_the_shares_of_two_gaussians_are_found_within_their_errors(share):
    random = np.random.default_rng(0)
    counts = [1 - TRAIN_SHARE, TRAIN_SHARE]
    off = []
    for _ in range(50):
        points, _ = gaussians.sample(random, 2_000, share)
        found = estimate_prior(bayes_logits(points, TRAIN_SHARE), counts)
        assert found.shares.sum() == pytest.approx(1)
        off.append((found.shares[1] - share) / found.standard_errors[1])
    # Standard errors that are right: off by one of them, on the average over the draws.
    assert abs(np.mean(off)) < 3 / np.sqrt(len(off))
    assert 0.75 < np.std(off) < 1.3


@pytest.mark.parametrize("share", TARGETS)
def test_the_right_target_is_bayes_on_two_gaussians(share):
    random = np.random.default_rng(1)
    points, labels = gaussians.sample(random, 200_000, TRAIN_SHARE)
    rule = gaussians.erm(points, labels)
    test, test_labels = gaussians.sample(random, 200_000, share)
    log_odds = test @ rule[:2] + rule[2]
    logits = np.stack([-log_odds / 2, log_odds / 2], axis=1)
    adjusted = adjust_logits(
        logits, np.bincount(labels), target_prior=[1 - share, share]
    )
    error = np.mean(adjusted.argmax(axis=1) != test_labels)
    # The sum of both coordinates has variance 2 and means -2 and 2.
    threshold = -np.log(share / (1 - share)) / 2
    misses = norm.cdf(threshold, 2, np.sqrt(2))
    bayes = share * misses + (1 - share) * norm.sf(threshold, -2, np.sqrt(2))
    assert error == pytest.approx(bayes, abs=3 * np.sqrt(bayes / len(test)))


def test_shares_by_hand():
    """A network that is right nine times in ten, and 30 of 40 images called the second.

    The likeliest share of the second, q, has 0.1 + 0.8 q = 30 / 40.
    """
    logits = np.log(np.repeat([[0.9, 0.1], [0.1, 0.9]], [10, 30], axis=0))
    found = estimate_prior(logits, [1, 1])
    np.testing.assert_allclose(found.shares, [1 - 0.8125, 0.8125], atol=1e-3)
    # That of 30 / 40 by the binomial, and 0.8 of it is the share's.
    expected = np.sqrt(0.75 * 0.25 / 40) / 0.8
    np.testing.assert_allclose(found.standard_errors, expected, rtol=0.01)


def test_a_class_that_is_not_there_has_no_share():
    points = np.tile([[2.0, 2.0]], (40, 1))
    found = estimate_prior(bayes_logits(points, 0.5), [1, 1])
    np.testing.assert_allclose(found.shares, [0, 1], atol=1e-4)
    assert np.isnan(found.standard_errors).all()


def test_the_shares_of_the_others_are_told_where_classes_are_not_there():
    random = np.random.default_rng(0)
    labels = random.choice(
        10, 2_000, p=[0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0, 0]
    )
    logits = random.normal(size=(2_000, 10)) + 8 * np.eye(10)[labels]
    found = estimate_prior(logits, np.ones(10))
    counted = np.bincount(labels, minlength=10) / 2_000
    np.testing.assert_allclose(found.shares, counted, atol=5e-3)
    assert (found.standard_errors[:8] < 0.02).all()
    assert np.isnan(found.standard_errors[8:]).all()


@pytest.mark.parametrize(
    "probabilities", [[0.9, 0.1], [0.6, 0.2, 0.2]], ids=["all", "two"]
)
def test_classes_that_no_image_tells_apart_are_refused(probabilities):
    """The prior alone, or all that two classes have in common."""
    logits = np.tile(np.log(probabilities), (100, 1))
    logits[:, 0] += (len(probabilities) - 2) * np.repeat([2, -2], 50)
    with pytest.raises(InputError, match="tell the classes apart. Received: 100"):
        estimate_prior(logits, probabilities)


def test_the_prior_of_the_logits_does_not_matter_if_it_is_told_rightly():
    points, _ = gaussians.sample(np.random.default_rng(2), 500, 0.3)
    found = [
        estimate_prior(bayes_logits(points, share), [1 - share, share]).shares
        for share in (0.05, 0.5, 0.9)
    ]
    np.testing.assert_allclose(found[0], found[1], atol=1e-3)
    np.testing.assert_allclose(found[2], found[1], atol=1e-3)


@pytest.mark.parametrize(
    ("logits", "told"),
    [
        (-np.ones((9, 2)), "at least 5 images a class, 10.* Received: 9$"),
        (np.zeros((40, 3)), "one logit for each of 2 classes"),
        (np.zeros(40), r"shape \[N, L\]. Received: shape=\(40,\)"),
        (np.full((40, 2), 0.5), "numbers from 0 to 1 alone, which are probabilities"),
        (np.zeros((40, 2), int), "floating logits .* dtype=int64"),
        (np.full((40, 2), np.nan), r"finite logits. Received: logits\[0\]=\[nan nan\]"),
    ],
)
def test_what_no_share_can_be_estimated_from_is_refused(logits, told):
    with pytest.raises(InputError, match=told):
        estimate_prior(logits, [1, 1])


def test_a_prior_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"Received: prior\[0\]=0"):
        estimate_prior(np.zeros((40, 2)), [0, 1])


def test_a_maximum_that_is_not_found_is_told(monkeypatch):
    monkeypatch.setattr(prior_shift, "MAX_STEPS", 3)
    points, _ = gaussians.sample(np.random.default_rng(0), 500, 0.9)
    with pytest.raises(InputError, match="in 3 steps. Received: predictions of 500"):
        estimate_prior(bayes_logits(points, 0.05), [0.95, 0.05])
