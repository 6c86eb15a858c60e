"""Intervals, against closed forms and by how often they hold the truth."""

import numpy as np
import pytest

from logit_adjustment_kedro.longtail.intervals import (
    interval_over_images,
    interval_over_seeds,
)

HALF = np.array([0.5, 0.5])


def test_the_interval_over_seeds_by_hand():
    # Of 0.1, 0.2 and 0.3: 4.3027 is the 97.5% quantile of two degrees of freedom.
    low, high = interval_over_seeds(0.2, 0.1, 3)
    half = 4.3027 * 0.1 / np.sqrt(3)
    assert [low, high] == pytest.approx([0.2 - half, 0.2 + half], abs=1e-5)


def test_a_single_seed_has_no_interval():
    assert np.isnan(interval_over_seeds(0.2, np.nan, 1)).all()


def test_the_interval_over_images_is_that_of_the_stratified_mean():
    # p (1 - p) / n of each class, by the square of its share.
    right, labels = np.array([1, 0, 1, 0]), np.array([0, 0, 1, 1])
    images, shares = np.array([90, 10, 200, 200]), np.array([0.8, 0.2])
    std = np.sqrt(0.8**2 * 0.9 * 0.1 / 99 + 0.2**2 * 0.5 * 0.5 / 399)
    low, high = interval_over_images(right, images, labels, shares)
    mean = 0.8 * 0.9 + 0.2 * 0.5
    assert (low + high) / 2 == pytest.approx(mean, abs=0.004)
    assert (high - low) / 2 == pytest.approx(1.96 * std, rel=0.07)


def test_what_all_images_of_a_class_agree_on_does_not_vary():
    always = np.array([1, 1])
    low, high = interval_over_images(always, np.array([5, 7]), np.array([0, 1]), HALF)
    assert low == high == 1


def test_a_class_without_images_leaves_its_share_to_the_others():
    right, images, labels = np.array([1, 0]), np.array([40, 10]), np.array([0, 0])
    alone = interval_over_images(right, images, labels, np.array([1.0]))
    beside = interval_over_images(right, images, labels, np.array([0.5, 0.5]))
    assert beside == pytest.approx(alone)


def test_a_class_with_a_single_image_tells_nothing_of_others():
    one, labels = np.array([1, 1, 1]), np.array([0, 1, 1])
    assert np.isnan(interval_over_images(one[:2], one[:2], labels[:2], HALF)).all()
    # But where that class has no share, it does not matter.
    ends = interval_over_images(one, np.array([1, 4, 5]), labels, np.array([0.0, 1.0]))
    assert ends == (1, 1)


@pytest.mark.parametrize("size", [5, 60])
def test_the_interval_over_images_holds_the_truth_19_times_in_20(size):
    """Of ten classes; of five images each, drawing five would hold it less often."""
    random, labels = np.random.default_rng(0), np.repeat(range(10), 2)
    held, rates = 0, np.linspace(0.2, 0.9, 10)
    for _ in range(400):
        hits = random.binomial(size, rates)
        images = np.stack([hits, size - hits], axis=1).ravel()
        right = np.tile([1, 0], 10)
        low, high = interval_over_images(right, images, labels, np.full(10, 0.1))
        held += low <= rates.mean() <= high
    assert held / 400 == pytest.approx(0.95, abs=0.025)
