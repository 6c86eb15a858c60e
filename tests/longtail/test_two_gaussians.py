import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp

from logit_adjustment_kedro.longtail import class_prior, gaussians, normalise_weights

TAUS = [0.0, 0.5, 1.0, 2.0]


@pytest.fixture(scope="module")
def train():
    return gaussians.sample(np.random.default_rng(0), 10_000, positive_share=0.05)


@pytest.fixture(scope="module")
def erm(train):
    return gaussians.erm(*train)


def logit_adjusted_loss(rule, points, labels, tau):
    """The loss as the paper writes it: the cross-entropy of two adjusted logits."""
    score = points @ rule[:2] + rule[2]
    logits = np.stack([-score / 2, score / 2], axis=1)
    adjusted = logits + tau * np.log(class_prior(np.bincount(labels)))
    label_logits = adjusted[np.arange(len(labels)), labels]
    return (logsumexp(adjusted, axis=1) - label_logits).mean()


def gradient(rule, *problem, step=1e-5):
    """The gradient of the loss, by central differences."""
    return [
        logit_adjusted_loss(rule + shift, *problem)
        - logit_adjusted_loss(rule - shift, *problem)
        for shift in step * np.eye(3)
    ] / np.float64(2 * step)


def test_positives_are_rare_and_around_one_one():
    points, labels = gaussians.sample(np.random.default_rng(1), 200_000, 0.05)
    assert labels.mean() == pytest.approx(0.05, abs=0.002)
    for label, centre in ((0, -1), (1, 1)):
        of_class = points[labels == label]
        np.testing.assert_allclose(of_class.mean(axis=0), centre, atol=0.03)
        np.testing.assert_allclose(np.cov(of_class.T), np.eye(2), atol=0.05)


def test_the_bayes_error():
    assert pytest.approx(0.0786496, abs=1e-7) == gaussians.BAYES_ERROR
    assert gaussians.balanced_error(gaussians.BAYES_RULE) == pytest.approx(
        gaussians.BAYES_ERROR
    )


def test_no_rule_beats_bayes():
    turned = [[np.cos(a), np.sin(a), 0] for a in np.linspace(0, 2 * np.pi, 50)]
    moved = [[1, 1, b] for b in np.linspace(-3, 3, 50)]
    errors = gaussians.balanced_error(np.array(turned + moved))
    assert (errors > gaussians.BAYES_ERROR).all()


def test_the_exact_error_is_that_on_a_big_balanced_sample():
    rules = np.array([[1, 1, 0], [2, 2, -3], [0.3, -0.1, 0.2], [-1, 2, 1]])
    points, labels = gaussians.sample(np.random.default_rng(0), 400_000, 0.5)
    np.testing.assert_allclose(
        gaussians.balanced_error(rules),
        gaussians.empirical_balanced_error(rules, points, labels),
        atol=0.003,
    )


def test_the_empirical_error_by_hand():
    points = np.array([[1, 0], [-1, 0], [2, 0], [-2, 0], [3, 0]])
    labels = np.array([0, 0, 0, 0, 1])
    rules = np.array([[1.0, 0, 0], [-1.0, 0, 0], [1.0, 0, -2.5]])
    # False alarms 2/4, 2/4 and 0/4; misses 0/1, 1/1 and 0/1.
    errors = gaussians.empirical_balanced_error(rules, points, labels)
    assert errors.tolist() == [0.25, 0.75, 0]


def test_erm_is_far_from_bayes(erm):
    assert gaussians.balanced_error(erm) == pytest.approx(0.181, abs=0.01)


@pytest.mark.parametrize("share", [0.05, 0.95])
def test_the_fit_is_where_the_gradient_is_zero(share):
    points, labels = gaussians.sample(np.random.default_rng(2), 2000, share)
    rules = gaussians.logit_adjusted(points, labels, TAUS)
    for rule, tau in zip(rules, TAUS, strict=True):
        problem = (points, labels, tau)
        np.testing.assert_allclose(gradient(rule, *problem), 0, atol=1e-9)
        assert np.abs(gradient(rule + 0.01, *problem)).max() > 1e-5


def test_another_optimiser_that_starts_from_zero_finds_the_same_rule(train):
    (rule,) = gaussians.logit_adjusted(*train, [1.5])
    found = minimize(logit_adjusted_loss, np.zeros(3), args=(*train, 1.5))
    np.testing.assert_allclose(rule, found.x, atol=1e-3)


def test_the_loss_finds_what_posthoc_adjustment_finds(train, erm):
    counts = np.bincount(train[1])
    posthoc = gaussians.posthoc_logit_adjusted(erm, counts, TAUS)
    trained = gaussians.logit_adjusted(*train, TAUS)
    np.testing.assert_allclose(trained, posthoc, rtol=0, atol=1e-8)
    errors = gaussians.balanced_error(trained)
    assert errors[0] == gaussians.balanced_error(erm)
    assert errors[2] == pytest.approx(gaussians.BAYES_ERROR, abs=0.001)
    assert errors[3] == pytest.approx(0.181, abs=0.03)


def test_posthoc_adjustment_moves_the_bias_by_the_log_odds():
    (moved,) = gaussians.posthoc_logit_adjusted(np.array([1, 2, -3.0]), [95, 5], [2])
    np.testing.assert_allclose(moved, [1, 2, -3 + 2 * np.log(19)])


def test_weight_normalisation_drops_the_bias_and_keeps_the_direction(erm):
    rules = gaussians.weight_normalised(erm, TAUS, bias="dropped")
    half_norm = np.linalg.norm(erm[:2]) / 2
    for rule, tau in zip(rules, TAUS, strict=True):
        np.testing.assert_allclose(rule[:2], erm[:2] / half_norm**tau)
    assert not rules[:, 2].any()
    np.testing.assert_allclose(
        gaussians.balanced_error(rules), gaussians.BAYES_ERROR, atol=0.001
    )


def test_a_bias_that_is_normalised_too_changes_no_prediction(erm):
    rules = gaussians.weight_normalised(erm, TAUS, bias="normalised")
    half_norm = np.linalg.norm(erm) / 2
    for rule, tau in zip(rules, TAUS, strict=True):
        np.testing.assert_allclose(rule, erm / half_norm**tau)
    np.testing.assert_allclose(
        gaussians.balanced_error(rules), gaussians.balanced_error(erm), rtol=1e-12
    )


def test_a_bias_that_is_kept_moves_the_line_away(erm):
    rules = gaussians.weight_normalised(erm, TAUS, bias="kept")
    half_norm = np.linalg.norm(erm[:2]) / 2
    for rule, tau in zip(rules, TAUS, strict=True):
        np.testing.assert_allclose(rule, [*erm[:2] / half_norm**tau, erm[2]])
    assert (np.diff(gaussians.balanced_error(rules)) > 0.02).all()


@pytest.mark.parametrize(
    ("bias", "rule"),
    [
        ("dropped", [1.2, 1.6, 0]),  # the weights of a class have the norm 5
        ("normalised", [6 / 13, 8 / 13, 24 / 13]),  # and with the bias 13
        ("kept", [1.2, 1.6, 24]),
    ],
)
def test_weight_normalisation_by_hand(bias, rule):
    (normalised,) = gaussians.weight_normalised(np.array([6.0, 8, 24]), [1], bias)
    np.testing.assert_allclose(normalised, rule, rtol=1e-12)


@pytest.mark.parametrize("bias", ["normalised", "kept"])
def test_at_tau_0_a_bias_that_is_not_dropped_leaves_the_rule_as_it_is(bias):
    rule = np.array([3.0, 1, -2])
    assert gaussians.weight_normalised(rule, [0], bias).tolist() == [[3, 1, -2]]


@pytest.mark.parametrize(
    ("bias", "error"), [("dropped", 0.0786), ("normalised", 0.1808), ("kept", 0.2625)]
)
def test_the_errors_where_points_are_without_end(bias, error):
    # The posterior's log-odds are 2 (x1 + x2) - log(19). Divided by sqrt(2), the half
    # of their norm, the weights are (sqrt(2), sqrt(2)), and the norm is 2.
    log_odds = np.array([2, 2, -np.log(19)])
    rules = gaussians.weight_normalised(log_odds, [1], bias)
    assert gaussians.balanced_error(rules) == pytest.approx(error, abs=5e-5)


@pytest.mark.parametrize("tau", TAUS)
def test_with_the_bias_dropped_logits_are_those_of_the_method(tau):
    rule, points = np.array([6.0, 8, 24]), np.array([[1, 2], [-3, 0.5]])
    logits = np.outer(points @ rule[:2] + rule[2], [-0.5, 0.5])
    of_method = normalise_weights(logits, [5, 5], [-12, 12], tau)
    (normalised,) = gaussians.weight_normalised(rule, [tau], "dropped")
    np.testing.assert_allclose(np.diff(of_method)[:, 0], points @ normalised[:2])


def test_classes_that_a_line_separates_are_refused():
    points = np.array([[-1.0, -1], [-1, -2], [-2, -1], [1, 1], [2, 1], [1, 2]])
    with pytest.raises(ValueError, match="Expected classes that overlap"):
        gaussians.erm(points, np.array([0, 0, 0, 1, 1, 1]))


def test_a_tau_whose_adjustment_is_infinite_is_refused(train):
    with pytest.raises(ValueError, match=r"Expected a tau .*Received: tau=1e\+308"):
        gaussians.logit_adjusted(*train, [1.0, 1e308])


def test_a_class_without_points_is_refused():
    with pytest.raises(ValueError, match=r"class_counts\[1\]=0"):
        gaussians.erm(np.zeros((3, 2)), np.zeros(3, dtype=int))
