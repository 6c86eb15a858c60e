"""Class priors, and their smoothing by the effective number of samples."""

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from .checks import check_in_range, in_label_order

ROUNDING = 1e-3  # of the sum of shares that somebody typed


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


def tempered_prior(class_counts: ArrayLike, exponent: float) -> np.ndarray:
    """Returns the class prior to a power, `pi_y^exponent`, normalised.

    Args:
        class_counts: `[L]`, see `class_prior`.
        exponent: 1 for the class prior itself, 0 for the uniform mix, -1 for the
            reverse of the class prior.

    Returns:
        `[L] float64`, positive, with sum 1.

    Raises:
        InputError: the counts are no class counts, or a share is so small that it
            cannot be told from 0.

    Example:
    >>> tempered_prior([80, 20], exponent=0.5).round(3)
    array([0.667, 0.333])
    """
    log_shares = scaled_log_prior(class_counts, exponent)
    shares = np.exp(log_shares - log_shares.max())
    if not (shares > 0).all():
        raise InputError(
            "Expected a power of the class prior that leaves each class a share. "
            f"Received: exponent={exponent:g}"
        )
    return shares / shares.sum()


def class_shares(shares: ArrayLike, num_classes: int, name: str) -> np.ndarray:
    """Returns the shares of the classes in some mix of images.

    Args:
        shares: `[L]`, at least 0 and with sum 1, in the order of the labels; a pandas
            series is read by its index.
        num_classes: `L`.
        name: what the caller calls them.

    Returns:
        `[L] float64`; what rounding left of the sum is divided among them.

    Raises:
        InputError: there is not one share a class, one is negative or no number, or
            their sum is not 1 to three digits.

    Example:
    >>> class_shares([0.25, 0.75, 0], num_classes=3, name="target_prior")
    array([0.25, 0.75, 0.  ])
    """
    shares = in_label_order(shares, name).astype(np.float64)
    if len(shares) != num_classes:
        raise InputError(
            f"Expected {name} to have a share for each of {num_classes} classes. "
            f"Received: {len(shares)} shares"
        )
    if not (shares >= 0).all():
        wrong = int(np.argmin(shares >= 0))
        raise InputError(
            f"Expected {name} to have no negative share. "
            f"Received: {name}[{wrong}]={shares[wrong]:g}"
        )
    if not abs(shares.sum() - 1) <= ROUNDING:
        raise InputError(
            f"Expected {name} to have shares that sum to 1. "
            f"Received: sum={shares.sum():.6g}"
        )
    return shares / shares.sum()


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
