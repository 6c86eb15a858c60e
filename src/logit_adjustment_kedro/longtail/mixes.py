"""Mixes of the classes: their shares among some images, and what is right there."""

from math import fsum

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from .checks import in_label_order
from .metrics import class_accuracies
from .priors import scaled_log_prior

ROUNDING = 1e-3  # of the sum of shares that somebody typed


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
    if not abs(shares.sum() - 1) <= ROUNDING * (1 + 1e-9):
        raise InputError(
            f"Expected {name} to have shares that sum to 1. "
            f"Received: sum={shares.sum():.6g}"
        )
    return shares / shares.sum()


def is_uniform(shares: np.ndarray) -> bool:
    """Tells whether shares, `[L]`, are the same for all classes, but for rounding.

    Example:
    >>> import numpy as np
    >>> is_uniform(np.array([0.5, 0.5])), is_uniform(np.array([0.9, 0.1]))
    (True, False)
    """
    return bool(np.allclose(shares, 1 / len(shares)))


def accuracy_in_mix(confusion: np.ndarray, shares: np.ndarray) -> float:
    """Returns the accuracy in a mix of classes: those of the classes, by their shares.

    As if there were as many images of each class as the mix has, with the same share
    of them named rightly. A class without images does not count, and the others share
    its share.

    Args:
        confusion: `[L, L]`, as `confusion_matrix` returns.
        shares: `[L]`, at least 0.

    Returns:
        A fraction; NaN where no class with a share has an image.

    Example:
    >>> import numpy as np
    >>> accuracy_in_mix(np.array([[9, 1], [3, 1]]), shares=np.array([0.2, 0.8]))
    0.38
    """
    return float(mean_in_mix(class_accuracies(confusion), shares))


def mean_in_mix(accuracies: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Returns the means of classes' accuracies, by their shares.

    Args:
        accuracies: `[..., L]`; a class that is NaN does not count.
        shares: `[L]`, at least 0.

    Returns:
        `[...]`; NaN where no class with a share counts.

    Example:
    >>> import numpy as np
    >>> float(mean_in_mix(np.array([0.9, 0.5, np.nan]), np.array([0.25, 0.25, 0.5])))
    0.7
    """
    # Relative to the largest, so that those of a uniform mix are exactly 1.
    known = shares / shares.max() * ~np.isnan(accuracies)
    total = known.sum(axis=-1)
    weighed = (known * np.nan_to_num(accuracies)).sum(axis=-1)
    return np.where(total > 0, weighed / np.where(total > 0, total, 1), np.nan)


def weights_in_mix(images: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Returns as how many images of a mix an image of each class counts.

    Together, those of a test set count as many as they are.

    Args:
        images: `[L]`, how many the test set has of each class.
        shares: `[L]`, at least 0; see `accuracy_in_mix`.

    Returns:
        `[L] float64`; 0 of a class without images.

    Example:
    >>> import numpy as np
    >>> weights_in_mix(np.array([50, 50]), shares=np.array([0.9, 0.1])).round(2)
    array([1.8, 0.2])
    """
    known = images > 0
    all_together = fsum(shares[known]) * np.maximum(images, 1)
    return np.where(known, shares * images.sum() / all_together, 0.0)


def images_in_mix(images: np.ndarray, shares: np.ndarray) -> float:
    """Returns as how many images of a mix a test set counts, whose own mix is another.

    Its images are weighed by the share of their class over their number, and count as
    `(sum of weights)^2 / (sum of squares)`: Kish, "Survey Sampling", 1965. In its own
    mix a test set counts as what it is.

    Args:
        images: `[L]`, how many the test set has of each class.
        shares: `[L]`, at least 0; see `accuracy_in_mix`.

    Example:
    >>> import numpy as np
    >>> images_in_mix(np.array([50, 50]), shares=np.array([0.5, 0.5]))
    100.0
    >>> round(images_in_mix(np.array([50, 50]), shares=np.array([0.9, 0.1])), 1)
    61.0
    """
    known = images > 0
    squares = np.sum(shares[known] ** 2 / images[known])
    return float(shares[known].sum() ** 2 / squares) if squares else 0.0
