"""Class priors, and their smoothing by the effective number of samples."""

import numpy as np
from numpy.typing import ArrayLike


def class_prior(class_counts: ArrayLike) -> np.ndarray:
    """Returns the empirical class prior `pi_y = n_y / N`.

    Args:
        class_counts: `[L]`, the number of training images of each class.

    Returns:
        `[L] float64`, positive, with sum 1.

    Raises:
        ValueError: the counts are not a vector, or a class has no training image:
            the logarithm of its prior would be minus infinity.

    Example:
    >>> class_prior([6, 3, 1])
    array([0.6, 0.3, 0.1])
    """
    counts = np.asarray(class_counts, dtype=np.float64)
    if counts.ndim != 1 or counts.size == 0:
        raise ValueError(
            "Expected class_counts to be a vector with one number a class. "
            f"Received: shape={counts.shape}"
        )
    if not (np.isfinite(counts) & (counts > 0)).all():
        wrong = int(np.argmin(np.isfinite(counts) & (counts > 0)))
        raise ValueError(
            "Expected at least one training image of each class. "
            f"Received: class_counts[{wrong}]={counts[wrong]:g}"
        )
    return counts / counts.sum()


def effective_class_probability(class_counts: ArrayLike, beta: float) -> np.ndarray:
    """Returns the class prior smoothed by the effective number of samples.

    `E_n = (1 - beta^n) / (1 - beta)`, normalised over the classes: the uniform
    distribution at `beta = 0`, the empirical class prior in the limit `beta = 1`.
    Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", CVPR 2019.

    Args:
        class_counts: `[L]`, the number of training images of each class.
        beta: in `[0, 1]`.

    Returns:
        `[L] float64`, positive, with sum 1.

    Raises:
        ValueError: `beta` is outside `[0, 1]`, or the counts are no class counts.

    Example:
    >>> effective_class_probability([90, 9, 1], beta=0.99).round(3)
    array([0.861, 0.125, 0.014])
    >>> effective_class_probability([90, 9, 1], beta=0.9).round(3)
    array([0.584, 0.358, 0.058])
    """
    if not 0 <= beta <= 1:
        raise ValueError(f"Expected beta in [0, 1]. Received: beta={beta}")
    prior = class_prior(class_counts)
    # At its two ends the formula divides zero by zero, or takes the logarithm of zero.
    if beta == 1:
        return prior
    if beta == 0:
        return np.full_like(prior, 1 / prior.size)
    # With beta close to 1, beta**n is too, and 1 - beta**n has few digits left. expm1
    # has them all.
    counts = np.asarray(class_counts, dtype=np.float64)
    effective_number = np.expm1(counts * np.log(beta)) / (beta - 1)
    return effective_number / effective_number.sum()
