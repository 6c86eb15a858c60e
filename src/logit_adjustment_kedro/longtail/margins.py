"""What tells one loss of the family from another, and how class counts become it."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from .priors import class_prior, effective_class_probability


@dataclass(frozen=True)
class Margins:
    """The vectors of a loss; see `losses`.

    With `g = scale * f`, `loss(y, f) = weight_y * log(1 + sum over y' != y of
    exp(own_y + rival_y' + g_y' - g_y))`.

    Attributes:
        weight: `[L] float64`, the weight of a label (`alpha_y` in the paper).
        own: `[L] float64`, what the label adds to the margin `Delta_yy'`.
        rival: `[L] float64`, what the other class adds to it.
        scale: `[L] float64`, the factor of a logit while training.
    """

    weight: np.ndarray
    own: np.ndarray
    rival: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(
        cls,
        num_classes: int,
        *,
        weight: ArrayLike = 1.0,
        own: ArrayLike = 0.0,
        rival: ArrayLike = 0.0,
        scale: ArrayLike = 1.0,
    ) -> Self:
        """Returns margins from vectors, or numbers that are the same for all classes.

        What is not given is that of the plain softmax cross-entropy.

        Example:
        >>> margins = Margins.of(2, own=[0.5, 1.0])
        >>> margins.own, margins.weight
        (array([0.5, 1. ]), array([1., 1.]))
        """
        given = (weight, own, rival, scale)
        return cls(*(np.broadcast_to(np.float64(v), num_classes) for v in given))


def fisher_consistent_margins(class_counts: ArrayLike, delta: ArrayLike) -> Margins:
    """Returns the pair of weights and margins that is consistent for balanced error.

    `alpha_y = delta_y / pi_y` and `Delta_yy' = log(delta_y' / delta_y)`: for any
    positive `delta`, the logits that minimise the expected loss have the smallest
    balanced error. Menon et al., ICLR 2021, theorem 1.

    Args:
        class_counts: `[L]`, the number of training images of each class.
        delta: `[L]`, positive. The prior gives the logit-adjusted loss, ones give the
            balanced loss.

    Returns:
        Margins whose weights have the mean 1 over the training set.

    Raises:
        ValueError: a class has no training image, or `delta` is not positive.

    Example:
    >>> margins = fisher_consistent_margins([90, 10], delta=[1.0, 1.0])
    >>> margins.weight.round(3)
    array([0.556, 5.   ])
    >>> margins = fisher_consistent_margins([90, 10], delta=[0.9, 0.1])
    >>> margins.weight, margins.rival.round(3)
    (array([1., 1.]), array([-0.105, -2.303]))
    """
    prior, delta = class_prior(class_counts), np.asarray(delta, dtype=np.float64)
    if not (np.isfinite(delta) & (delta > 0)).all():
        raise ValueError(f"Expected positive delta. Received: {delta}")
    # The mean of delta / prior over the training set is the sum of delta.
    log_delta = np.log(delta)
    return Margins.of(
        prior.size,
        weight=delta / prior / delta.sum(),
        own=-log_delta,
        rival=log_delta,
    )


def class_balanced_weight(class_counts: ArrayLike, beta: float) -> np.ndarray:
    """Returns weights by the inverse effective number of samples, with sum `L`.

    `(1 - beta) / (1 - beta^n_y)`, normalised. Cui et al., "Class-Balanced Loss Based on
    Effective Number of Samples", CVPR 2019.

    Args:
        class_counts: `[L]`, the number of training images of each class.
        beta: in `[0, 1]`; 0 weights all classes alike, 1 by the inverse of their prior.

    Returns:
        `[L] float64`.

    Raises:
        ValueError: `beta` is outside `[0, 1]`, or a class has no training image.

    Example:
    >>> class_balanced_weight([90, 10], beta=1.0).round(3)
    array([0.2, 1.8])
    >>> class_balanced_weight([90, 10], beta=0.99).round(3)
    array([0.277, 1.723])
    """
    inverse = 1 / effective_class_probability(class_counts, beta)
    return inverse * inverse.size / inverse.sum()


def adaptive_margin(class_counts: ArrayLike) -> np.ndarray:
    """Returns `pi_y^(-1/4)`, the margin that a label must win by.

    After Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin
    Loss", NeurIPS 2019, in the form of Menon et al., ICLR 2021, section 5.

    Args:
        class_counts: `[L]`, the number of training images of each class.

    Returns:
        `[L] float64`.

    Raises:
        ValueError: a class has no training image.

    Example:
    >>> adaptive_margin([15, 1]).round(3)
    array([1.016, 2.   ])
    """
    return class_prior(class_counts) ** -0.25
