"""Class priors, and their smoothing by the effective number of samples."""

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from .checks import check_in_range, in_label_order


def class_prior(class_counts: ArrayLike, name: str = "class_counts") -> np.ndarray:
    """Returns the empirical class prior `pi_y = n_y / N`.

    Args:
        class_counts: `[L]`, the number of training images of each class, in the order
            of the labels; a pandas series is read by its index.
        name: what the caller calls them.

    Returns:
        `[L] float64`, positive, with sum 1.

    Raises:
        InputError: the counts are not a vector of numbers, the index of a series is not
            the labels, or a class has no training image: the logarithm of its prior
            would be minus infinity.

    Example:
    >>> class_prior([6, 3, 1])
    array([0.6, 0.3, 0.1])
    """
    counts = in_label_order(class_counts, name).astype(np.float64)
    if not (np.isfinite(counts) & (counts > 0)).all():
        wrong = int(np.argmin(np.isfinite(counts) & (counts > 0)))
        raise InputError(
            "Expected at least one training image of each class. "
            f"Received: {name}[{wrong}]={counts[wrong]:g}"
        )
    return counts / counts.sum()


def scaled_log_prior(class_counts: ArrayLike, tau: float) -> np.ndarray:
    """Returns `tau * log(pi_y)`, what logit adjustment moves a logit by.

    Args:
        class_counts: `[L]`, see `class_prior`.
        tau: the strength.

    Returns:
        `[L] float64`.

    Raises:
        InputError: the counts are no class counts, or the product is not finite.

    Example:
    >>> scaled_log_prior([90, 10], tau=2.0).round(3)
    array([-0.211, -4.605])
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return check_in_range(tau * np.log(class_prior(class_counts)), tau)


def effective_class_probability(class_counts: ArrayLike, beta: float) -> np.ndarray:
    """Returns the class prior smoothed by the effective number of samples.

    `E_n = (1 - beta^n) / (1 - beta)`, normalised over the classes: the uniform
    distribution at `beta = 0`, the empirical class prior in the limit `beta = 1`.
    Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", CVPR 2019.

    Args:
        class_counts: `[L]`, the number of training images of each class, in the order
            of the labels; a pandas series is read by its index.
        beta: in `[0, 1]`.

    Returns:
        `[L] float64`, positive, with sum 1.

    Raises:
        InputError: `beta` is outside `[0, 1]`, or the counts are no class counts: a
            share of a class tells nothing of its number of samples.

    Example:
    >>> effective_class_probability([90, 9, 1], beta=0.99).round(3)
    array([0.861, 0.125, 0.014])
    >>> effective_class_probability([90, 9, 1], beta=0.9).round(3)
    array([0.584, 0.358, 0.058])
    """
    if not 0 <= beta <= 1:
        raise InputError(f"Expected beta in [0, 1]. Received: beta={beta}")
    prior = class_prior(class_counts)
    # At its two ends the formula divides zero by zero, or takes the logarithm of zero.
    if beta == 1:
        return prior
    if beta == 0:
        return np.full_like(prior, 1 / prior.size)
    # With beta close to 1, beta**n is too, and 1 - beta**n has few digits left. expm1
    # has them all.
    counts = in_label_order(class_counts).astype(np.float64)
    if (counts % 1 != 0).any():
        wrong = int(np.argmax(counts % 1 != 0))
        raise InputError(
            "Expected whole numbers of training images. "
            f"Received: class_counts[{wrong}]={counts[wrong]:g}"
        )
    effective_number = np.expm1(counts * np.log(beta)) / (beta - 1)
    return effective_number / effective_number.sum()
