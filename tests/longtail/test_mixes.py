import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail.mixes import (
    accuracy_in_mix,
    class_shares,
    images_in_mix,
    tempered_prior,
)


def test_powers_of_the_prior_by_hand():
    np.testing.assert_allclose(tempered_prior([8, 1, 1], 1), [0.8, 0.1, 0.1])
    np.testing.assert_allclose(tempered_prior([8, 1, 1], 0), 1 / 3)
    np.testing.assert_allclose(tempered_prior([8, 1, 1], -1), np.array([1, 8, 8]) / 17)
    np.testing.assert_allclose(tempered_prior([9, 4], 0.5), [0.6, 0.4])


def test_a_power_that_leaves_a_class_no_share_is_refused():
    with pytest.raises(InputError, match="leaves each class a share. .*exponent=-59"):
        tempered_prior([10**6, 1, 1], -59)


@pytest.mark.parametrize("shares", [[1, 0, 0], [0.333, 0.333, 0.333]])
def test_shares_of_classes_are_rounded_at_most(shares):
    assert class_shares(shares, 3, "share").sum() == pytest.approx(1)


def test_the_accuracy_in_a_mix_goes_by_the_shares():
    confusion = np.array([[1, 3, 0], [1, 3, 0], [0, 0, 0]])
    assert accuracy_in_mix(confusion, np.array([0.5, 0.5, 0])) == 0.5
    assert accuracy_in_mix(confusion, np.array([1.0, 0, 0])) == 0.25
    # The third has no image, so 0.2 to 0.4 is 1 to 2.
    assert accuracy_in_mix(confusion, np.array([0.2, 0.4, 0.4])) == pytest.approx(
        (0.25 + 2 * 0.75) / 3
    )
    assert np.isnan(accuracy_in_mix(confusion, np.array([0, 0, 1.0])))


def test_a_test_set_counts_whole_in_its_own_mix_and_less_in_others():
    images = np.array([90, 10, 0])
    assert images_in_mix(images, np.array([0.9, 0.1, 0])) == pytest.approx(100)
    # Weights of 0.5 / 90 and 0.5 / 10.
    weights = np.repeat([0.5 / 90, 0.5 / 10], [90, 10])
    expected = weights.sum() ** 2 / (weights**2).sum()
    half = np.array([0.5, 0.5, 0])
    assert images_in_mix(images, half) == pytest.approx(expected)
    assert images_in_mix(images, np.array([0, 0, 1.0])) == 0
