"""How far confidence is from accuracy, by hand and by simulation."""

import numpy as np
import pytest
from scipy.special import softmax

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail.calibration import (
    calibration_bins,
    calibration_error,
    calibration_error_by_chance,
    fit_temperature,
)

SURE = 1000.0


def with_confidence(confidence, rows):
    """Returns logits of two classes that name class 0 with this probability."""
    return np.tile([np.log(confidence / (1 - confidence)), 0.0], (rows, 1))


def test_calibration_bins_by_hand():
    logits = np.concatenate([with_confidence(0.7, 4), with_confidence(0.9, 1)])
    bins = calibration_bins(logits, np.array([0, 1, 0, 0, 1]), bins=5)
    expected = [[0, 0, 0], [0, 0, 0], [0, 0, 0], [4, 2.8, 3], [1, 0.9, 0]]
    np.testing.assert_allclose(bins, expected)


def test_calibration_error_by_hand():
    # Four images at 0.7 with three right, and one at 0.9 that is wrong.
    bins = np.array([[4, 2.8, 3], [0, 0, 0], [1, 0.9, 0]])
    assert calibration_error(bins) == pytest.approx((0.2 + 0.9) / 5)


def test_confidence_that_is_right_as_often_as_it_says_has_no_error():
    logits = np.concatenate([with_confidence(0.75, 4), with_confidence(0.6, 5)])
    labels = np.array([0, 0, 0, 1, 0, 0, 0, 1, 1])
    error = calibration_error(calibration_bins(logits, labels))
    assert error == pytest.approx(0, abs=1e-12)


def test_to_be_sure_and_always_wrong_is_an_error_of_one():
    bins = calibration_bins(SURE * np.eye(3), np.array([1, 2, 0]))
    assert calibration_error(bins) == pytest.approx(1)


def test_to_be_sure_falls_into_the_last_bin():
    bins = calibration_bins(SURE * np.eye(3)[:1], np.array([0]))
    assert bins[-1].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("classes", "bins", "index"), [(2, 4, 1), (4, 4, 0), (5, 5, 0)]
)
def test_a_confidence_at_an_edge_belongs_to_the_bin_that_ends_there(
    classes, bins, index
):
    # Equal logits: a confidence of exactly one over the number of classes.
    found = calibration_bins(np.zeros((1, classes)), np.array([0]), bins)
    assert np.flatnonzero(found[:, 0]).tolist() == [index]


@pytest.mark.parametrize("bins", [10, 15])
def test_calibration_error_is_that_of_going_image_by_image(bins):
    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(500, 4)) * 3, random.integers(4, size=500)
    probability = softmax(logits, axis=1)
    confidence, right = probability.max(axis=1), probability.argmax(axis=1) == labels
    expected = 0.0
    for k in range(bins):
        inside = [i for i in range(500) if k / bins < confidence[i] <= (k + 1) / bins]
        if inside:
            gap = abs(np.mean(right[inside]) - np.mean(confidence[inside]))
            expected += len(inside) / 500 * gap
    error = calibration_error(calibration_bins(logits, labels, bins))
    assert error == pytest.approx(expected)


def test_calibration_uses_fifteen_bins_unless_told():
    assert calibration_bins(np.zeros((1, 2)), np.array([0])).shape == (15, 3)


def test_an_image_that_weighs_two_counts_as_two():
    logits = np.concatenate([with_confidence(0.7, 2), with_confidence(0.9, 1)])
    labels = np.array([0, 1, 1])
    twice = calibration_bins(logits[[0, 0, 1, 2]], labels[[0, 0, 1, 2]])
    weighed = calibration_bins(logits, labels, weights=np.array([2, 1, 1]))
    np.testing.assert_allclose(weighed, twice)


@pytest.mark.parametrize("spread", [2, 0.5], ids=["told apart", "alike"])
@pytest.mark.parametrize(
    "mix", [[1 / 3, 1 / 3, 1 / 3], [0.8, 0.15, 0.05]], ids=["alike", "weighed"]
)
def test_by_chance_is_what_perfect_calibration_shows(mix, spread):
    """Gaussians, 300 images of each class, weighed to a mix; Bayes's logits."""
    random, labels = np.random.default_rng(0), np.repeat(range(3), 300)
    weights = 3 * np.array(mix)
    errors, by_chance = [], []
    for _ in range(200):
        points = random.normal(size=(900, 3)) + spread * np.eye(3)[labels]
        logits = spread * points + np.log(mix)
        bins = calibration_bins(logits, labels, weights=weights[labels])
        errors.append(calibration_error(bins))
        by_chance.append(calibration_error_by_chance(logits, class_weights=weights))
    # The number of right ones in a bin is but nearly normal.
    assert np.mean(by_chance) == pytest.approx(np.mean(errors), rel=0.08)


def test_by_chance_of_the_surest_is_no_more_than_what_they_may_miss():
    """Of 200 that are right with 0.9999 hardly one is wrong: twice 0.0001 each."""
    by_chance = calibration_error_by_chance(with_confidence(0.9999, 200))
    assert by_chance == pytest.approx(2e-4, rel=1e-3)


def test_four_times_as_many_images_show_half_by_chance():
    logits = with_confidence(0.8, 100)
    few, many = (calibration_error_by_chance(np.tile(logits, (n, 1))) for n in (1, 4))
    assert few == pytest.approx(2 * many)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_the_temperature_that_logits_were_multiplied_by_is_found(temperature):
    random = np.random.default_rng(0)
    right = 2 * random.normal(size=(20_000, 4))
    drawn = random.random((len(right), 1)) > softmax(right, axis=1).cumsum(axis=1)
    labels = drawn.sum(axis=1).clip(max=3)
    found = fit_temperature(temperature * right, labels)
    assert found == pytest.approx(temperature, rel=0.03)


def test_an_image_that_weighs_nothing_does_not_change_the_temperature():
    logits = np.concatenate([with_confidence(0.9, 3), with_confidence(0.99, 1)])
    labels = np.array([0, 0, 1, 1])
    alone = fit_temperature(logits[:3], labels[:3])
    weighed = fit_temperature(logits, labels, np.array([1.0, 1.0, 1.0, 0.0]))
    assert weighed == pytest.approx(alone)


@pytest.mark.parametrize("logits", [np.zeros((0, 2)), np.array([[1.0, np.nan]])])
def test_a_temperature_of_nothing_is_refused(logits):
    with pytest.raises(InputError, match="images with finite logits to fit a temp"):
        fit_temperature(logits, np.zeros(len(logits), int))
