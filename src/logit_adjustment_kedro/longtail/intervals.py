"""How sure a figure is: intervals over trainings, and over test images."""

import numpy as np
from numpy.typing import ArrayLike

CONFIDENCE = 0.95
DRAWS = 2000


def interval_over_seeds(
    mean: ArrayLike, std: ArrayLike, seeds: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Returns 95% intervals of means over independent trainings, by Student's t.

    Args:
        mean: `[...]`, over the seeds.
        std: `[...]`, their standard deviation.
        seeds: `[...]`, how many they are.

    Returns:
        The ends, `[...]` each; NaN of a single seed, which tells nothing of others.

    Example:
    >>> import numpy as np
    >>> low, high = interval_over_seeds(mean=np.array([0.2]), std=0.1, seeds=3)
    >>> low.round(3), high.round(3)
    (array([-0.048]), array([0.448]))
    """
    from scipy.stats import t  # takes half a second

    # One seed has no degree of freedom, and so no interval: NaN.
    quantile = t.ppf((1 + CONFIDENCE) / 2, np.asarray(seeds) - 1)
    half = quantile * std / np.sqrt(seeds)
    return mean - half, mean + half


def interval_over_images(
    values: np.ndarray,
    images: np.ndarray,
    labels: np.ndarray,
    shares: np.ndarray,
) -> tuple[float, float]:
    """Returns the 95% interval of a mean over test images, by a stratified bootstrap.

    As if other test images had been drawn, of each class from its own, with
    replacement, `DRAWS` times, always the same. The trained networks stay what they
    are. Of a class's `n` images `n - 1` are drawn, which gives the mean the variance
    that it has; `n` would give `(n - 1) / n` of it. Rao and Wu, "Resampling Inference
    with Complex Survey Data", JASA 1988.

    Args:
        values: `[K]`, what was measured of an image.
        images: `[K]`, how many images of the class that was measured of.
        labels: `[K]`, their class; any one may have several values.
        shares: `[L]`, what each class weighs in the mean; those without images do not
            count.

    Returns:
        Its ends, percentiles of the means; NaN where a class that has a share has a
        single image, which tells nothing of others.

    Example:
    Of 50 images of each of two classes, 40 are named rightly: 80 %, and the standard
    deviation of that is 4 %.

    >>> import numpy as np
    >>> right, labels = np.array([1, 0, 1, 0]), np.array([0, 0, 1, 1])
    >>> low, high = interval_over_images(
    ...     right, np.array([40, 10, 40, 10]), labels, shares=np.array([0.5, 0.5])
    ... )
    >>> round(low, 2), round(high, 2)
    (0.72, 0.88)
    """
    random = np.random.default_rng(0)
    present = [label for label in np.unique(labels) if shares[label] > 0]
    means = np.zeros(DRAWS)
    for label in present:
        of_class = labels == label
        counts = images[of_class]
        size = counts.sum() - 1
        if not size:
            return float("nan"), float("nan")
        drawn = random.multinomial(size, counts / counts.sum(), size=DRAWS)
        means += shares[label] * (drawn @ values[of_class]) / size
    outside = (1 - CONFIDENCE) / 2
    ends = np.quantile(means / shares[present].sum(), [outside, 1 - outside])
    return float(ends[0]), float(ends[1])
