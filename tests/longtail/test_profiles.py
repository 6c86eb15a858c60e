import math
from fractions import Fraction

import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import exponential_profile, step_profile

CIFAR10_LT = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]


def exact(n_max, num_classes, imbalance_ratio):
    """The profile in whole numbers: the largest k for which the powers compare."""
    ratio, last = Fraction(str(imbalance_ratio)), num_classes - 1
    counts = []
    for label in range(num_classes):
        k = math.floor(n_max * float(ratio) ** (-label / last)) + 2
        while k**last * ratio**label > n_max**last:
            k -= 1
        counts.append(k)
    return counts


def test_profiles_of_the_paper():
    assert exponential_profile(5000, 10, 100).tolist() == CIFAR10_LT
    cifar100 = exponential_profile(500, 100, 100)
    assert (cifar100[0], cifar100[-1], cifar100.sum()) == (500, 5, 10_847)
    assert sum(CIFAR10_LT) == 12_406
    digits = exponential_profile(120, 10, 100)
    assert digits.tolist() == [120, 71, 43, 25, 15, 9, 5, 3, 2, 1]


def test_the_last_count_is_the_first_over_the_ratio():
    assert exponential_profile(98, 10, 49)[-1] == 2
    assert exponential_profile(11, 3, 1.1)[-1] == 10  # as written: no float is 1.1


def test_powers_of_two_stay_powers_of_two():
    powers = [1024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1]
    assert exponential_profile(1024, 11, 1024).tolist() == powers


@pytest.mark.parametrize("ratio", [1, 1.5, 2, 10, 49, 99.9, 100, 256, 1000])
@pytest.mark.parametrize("num_classes", [2, 3, 7, 10, 11, 50])
def test_profiles_are_those_of_exact_arithmetic(num_classes, ratio):
    for n_max in (1, 2, 98, 100, 500, 1024, 5000, 59_049, 10**6):
        found = exponential_profile(n_max, num_classes, ratio).tolist()
        assert found == exact(n_max, num_classes, ratio)


def test_a_profile_without_imbalance_keeps_all_of_ten_thousand_classes():
    counts = exponential_profile(500, 10_000, 1)
    assert counts.min() == counts.max() == 500


@pytest.mark.parametrize(
    ("n_max", "num_classes", "ratio", "expected"),
    [
        (5000, 10, 100, [5000] * 5 + [50] * 5),
        (500, 5, 100, [500, 500, 500, 5, 5]),
        (7, 2, 2, [7, 3]),
        (9, 3, 1, [9, 9, 9]),
        (9, 3, 10, [9, 9, 0]),
        # Where floating point would lose one, or find one.
        (5000, 4, 1 / 0.01, [5000, 5000, 50, 50]),
        (11, 2, 1.1, [11, 10]),
        (110, 2, 2.2, [110, 50]),
        (10**11, 2, 10, [10**11, 10**10]),
    ],
)
def test_steps(n_max, num_classes, ratio, expected):
    assert step_profile(n_max, num_classes, ratio).tolist() == expected


def test_the_rare_classes_of_a_step_are_as_the_rarest_of_the_exponential_profile():
    for n_max in (1, 98, 500, 5000):
        for ratio in (1, 1.1, 3, 49, 99.9, 100, 256):
            last = exponential_profile(n_max, 10, ratio)[-1]
            assert step_profile(n_max, 10, ratio)[-1] == last


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((500, 1, 100), "num_classes >= 2. Received: 1"),
        ((500, 0, 100), "num_classes >= 2. Received: 0"),
        ((0, 10, 100), "n_max .* from 1 to 10.11. Received: 0"),
        ((100.5, 10, 100), "whole number .* Received: 100.5"),
        ((10**30, 10, 100), "n_max .* from 1 to 10.11"),
        ((float("nan"), 10, 100), "n_max .* Received: nan"),
        ((500, 10, 0.5), "imbalance_ratio >= 1. Received: 0.5"),
        ((500, 10, float("nan")), "imbalance_ratio >= 1. Received: nan"),
        ((500, 10, float("inf")), "finite imbalance_ratio"),
    ],
)
def test_what_has_no_profile_is_refused(arguments, told):
    for profile in (exponential_profile, step_profile):
        with pytest.raises(InputError, match=f"Expected .*{told}"):
            profile(*arguments)
