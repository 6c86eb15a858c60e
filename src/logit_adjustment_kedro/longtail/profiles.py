"""How many training images each class keeps in a benchmark made long-tailed."""

import numpy as np


def exponential_profile(
    n_max: int, num_classes: int, imbalance_ratio: float
) -> np.ndarray:
    """Returns the class counts of the exponential profile (EXP).

    `n_y = floor(n_max * imbalance_ratio^(-y / (L - 1)))`: class 0 is the most
    frequent. EXP-100 is an imbalance ratio of 100.
    Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin
    Loss", NeurIPS 2019.

    Args:
        n_max: the number of images of class 0.
        num_classes: `L`, at least 2.
        imbalance_ratio: the count of the first class over that of the last.

    Returns:
        `[L] int64`.

    Example:
    CIFAR-10-LT, EXP-100:

    >>> exponential_profile(5000, 10, 100).tolist()
    [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]
    """
    exponents = np.arange(num_classes) / (num_classes - 1)
    return np.floor(n_max * imbalance_ratio**-exponents).astype(np.int64)
