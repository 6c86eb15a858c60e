"""How many training images each class keeps in a benchmark made long-tailed."""

import math
from fractions import Fraction

import numpy as np

from ..errors import InputError

# More than what rounding does to a power, as a share of it, and less than what lies
# between it and a whole number that it does not reach.
ROUNDING = 1e-12


def exponential_profile(
    n_max: int, num_classes: int, imbalance_ratio: float
) -> np.ndarray:
    """Returns the class counts of the exponential profile (EXP).

    `n_y = floor(n_max * imbalance_ratio^(-y / (L - 1)))`: class 0 is the most
    frequent. EXP-100 is an imbalance ratio of 100. Where a power is a whole number, the
    count is that number, whatever floating point makes of it.
    Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin
    Loss", NeurIPS 2019.

    Args:
        n_max: the number of images of class 0, from 1 to 10^11.
        num_classes: `L`, at least 2.
        imbalance_ratio: the count of the first class over that of the last, at least 1;
            read as the decimal number that it is written as.

    Returns:
        `[L] int64`.

    Raises:
        InputError: an argument is out of its range.

    Example:
    CIFAR-10-LT, EXP-100:

    >>> exponential_profile(5000, 10, 100).tolist()
    [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]
    """
    _check(n_max, num_classes, imbalance_ratio)
    exponents = [Fraction(label, num_classes - 1) for label in range(num_classes)]
    counts = [_floor(int(n_max), float(imbalance_ratio), e) for e in exponents]
    return np.array(counts, dtype=np.int64)


def step_profile(n_max: int, num_classes: int, imbalance_ratio: float) -> np.ndarray:
    """Returns the class counts of the step profile (STEP).

    The first half of the classes, rounded up, has `n_max` images each, and the others
    have `floor(n_max / imbalance_ratio)`, whatever floating point makes of that.
    Buda et al., "A systematic study of the class imbalance problem in convolutional
    neural networks", Neural Networks 2018.

    Args:
        n_max: the number of images of a frequent class, from 1 to 10^11.
        num_classes: `L`, at least 2.
        imbalance_ratio: the count of a frequent class over that of a rare one, at least
            1; read as the decimal number that it is written as.

    Returns:
        `[L] int64`.

    Raises:
        InputError: an argument is out of its range.

    Example:
    >>> step_profile(5000, 5, 100).tolist()
    [5000, 5000, 5000, 50, 50]
    """
    _check(n_max, num_classes, imbalance_ratio)
    few = _floor(int(n_max), float(imbalance_ratio), Fraction(1))
    frequent = np.arange(num_classes) < (num_classes + 1) // 2
    return np.where(frequent, int(n_max), few).astype(np.int64)


def _check(n_max: int, num_classes: int, imbalance_ratio: float) -> None:
    # Beyond 10^11, the float next to a number may be another whole number.
    if not 1 <= n_max <= 10**11 or n_max != int(n_max):
        raise InputError(
            f"Expected n_max to be a whole number from 1 to 10^11. Received: {n_max}"
        )
    if num_classes < 2:
        raise InputError(f"Expected num_classes >= 2. Received: {num_classes}")
    if not 1 <= imbalance_ratio < math.inf:
        raise InputError(
            f"Expected a finite imbalance_ratio >= 1. Received: {imbalance_ratio}"
        )


def _floor(n_max: int, ratio: float, exponent: Fraction) -> int:
    """Returns `floor(n_max * ratio^-exponent)`, exactly."""
    power = n_max * ratio ** -float(exponent)
    nearest = round(power)
    if abs(power - nearest) > ROUNDING * power:
        return math.floor(power)
    # Raised to a power that leaves whole exponents. Slow, and so only where it is
    # needed. A fraction of the text is 11/10 where one of the float is not.
    share, times = Fraction(nearest, n_max) ** exponent.denominator, exponent.numerator
    reached = share * Fraction(repr(ratio)) ** times <= 1
    return nearest if reached else nearest - 1
