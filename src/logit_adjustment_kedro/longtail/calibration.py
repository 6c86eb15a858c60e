"""How far the confidence of predictions is from how often they are right."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp, softmax

from ..errors import InputError
from .metrics import checked

CALIBRATION_BINS = 15
TEMPERATURES = (0.01, 100.0)  # of networks, by far


def calibration_bins(
    logits: np.ndarray,
    labels: np.ndarray,
    bins: int = CALIBRATION_BINS,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Gathers the images by the confidence of their prediction, in equal widths.

    The confidence is the largest softmax probability. Guo et al., "On Calibration of
    Modern Neural Networks", ICML 2017.

    Args:
        logits: `[N, L]`.
        labels: `[N]`, integers in `[0, L)`.
        bins: how many there are from 0 to 1.
        weights: `[N]`, as how many each image counts; None for one each.

    Returns:
        `[bins, 3] float64`: of each bin, the number of images, the sum of their
        confidences, and how many are named rightly.

    Raises:
        InputError: the shapes or labels are others.

    Example:
    Two images, both named with a probability of 0.75, one rightly:

    >>> import numpy as np
    >>> logits = np.log([[0.75, 0.25], [0.25, 0.75]])
    >>> calibration_bins(logits, labels=np.array([0, 0]), bins=2)
    array([[0. , 0. , 0. ],
           [2. , 1.5, 1. ]])
    """
    logits, labels = checked(logits, labels)
    weights = np.ones(len(labels)) if weights is None else weights
    confidence = _confidence(logits)
    right = np.argmax(logits, axis=1) == labels
    bin_of = _bin_of(confidence, bins)
    columns = (weights, weights * confidence, weights * right)
    return np.stack([np.bincount(bin_of, c, minlength=bins) for c in columns], axis=1)


def calibration_error(bins: np.ndarray) -> float:
    """Returns the expected calibration error of what `calibration_bins` returned.

    The mean over the images of `|accuracy - confidence|` of their bin, a fraction.

    Args:
        bins: `[bins, 3]`: images, sums of confidences, and how many are named rightly.

    Example:
    >>> import numpy as np
    >>> calibration_error(np.array([[0.0, 0.0, 0.0], [2.0, 1.5, 1.0]]))
    0.25
    """
    # A bin of n images weighs n, and its accuracy and confidence are sums over n.
    images, confidence, right = bins.T
    return float(np.abs(right - confidence).sum() / images.sum())


def calibration_error_by_chance(
    logits: np.ndarray,
    bins: int = CALIBRATION_BINS,
    class_weights: np.ndarray | None = None,
) -> float:
    """Returns the calibration error that perfect calibration shows, on so few images.

    Where each image is of each class with the probability that is predicted, what a bin
    has right still varies about its confidence. Of many images the difference is
    normal, with a mean absolute value of `sqrt(2 / pi)` of its standard deviation; of
    few that are wrong it is at most twice the number of those that are expected.

    Where images of class `y` count `w_y` times, to stand for another mix, perfect
    calibration is that in the mix: among the images themselves, the probabilities are
    proportional to `p_y / w_y`.

    Args:
        logits: `[N, L]`.
        bins: how many there are from 0 to 1.
        class_weights: `[L]`, positive, as how many an image of each class counts; None
            for one each.

    Example:
    A hundred images with a confidence of one half: 50 right, and 5 more or less, of
    which 0.8 is the mean deviation.

    >>> import numpy as np
    >>> round(calibration_error_by_chance(np.zeros((100, 2))), 3)
    0.04
    """
    weights = np.ones(logits.shape[1]) if class_weights is None else class_weights
    probabilities = softmax(logits, axis=1)
    confidence = probabilities.max(axis=1)
    # Of an image, given what is predicted: the mean weight, and the variance of its
    # weight times (whether it is right, less the confidence), which is 0 in the mean.
    mean_weight = 1 / (probabilities / weights).sum(axis=1)
    weight_of_rest = probabilities @ weights
    weight_of_own = confidence * weights[np.argmax(probabilities, axis=1)]
    variance = mean_weight * (
        weight_of_own * (1 - confidence) ** 2
        + (weight_of_rest - weight_of_own) * confidence**2
    )
    most = 2 * mean_weight * confidence * (1 - confidence)
    sums = [
        np.bincount(_bin_of(confidence, bins), of, minlength=bins)
        for of in (variance, most, mean_weight)
    ]
    expected = np.minimum(np.sqrt(2 / np.pi * sums[0]), sums[1])
    return float(expected.sum() / sums[2].sum())


def fit_temperature(
    logits: np.ndarray, labels: ArrayLike, weights: np.ndarray | None = None
) -> float:
    """Returns the `T` for which `softmax(f / T)` makes the labels likeliest.

    To be fitted on images that the network has not learnt from, and on its logits as
    they are: an adjustment comes after the division, for it takes the softmax to be
    calibrated. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.

    Args:
        logits: `[N, L]`.
        labels: `[N]`, integers in `[0, L)`.
        weights: `[N]`, as how many each image counts; None for one each.

    Returns:
        A number in `[0.01, 100]`.

    Raises:
        InputError: the shapes or labels are others, there is no image, or a logit is
            not finite.

    Example:
    Of three images the third is named wrongly, so a probability of 2/3 would be right.
    The logits say 8/9, where they are `log(8)` apart and not `log(2)`:

    >>> import numpy as np
    >>> logits = np.log([[8 / 9, 1 / 9]] * 3)
    >>> round(fit_temperature(logits, labels=[0, 0, 1]), 3)
    3.0
    """
    from scipy.optimize import minimize_scalar  # takes a third of a second

    logits, labels = checked(np.asarray(logits, np.float64), labels)
    if not len(labels) or not np.isfinite(logits).all():
        raise InputError(
            "Expected images with finite logits to fit a temperature on. "
            f"Received: {len(labels)} images"
        )
    weights = np.ones(len(labels)) if weights is None else weights
    own = logits[np.arange(len(labels)), labels]

    def loss(log_scale: float) -> float:
        scale = np.exp(log_scale)
        return weights @ (logsumexp(scale * logits, axis=1) - scale * own)

    # Convex in 1 / T, so there is one minimum, in its logarithm too.
    ends = -np.log(TEMPERATURES[::-1])
    found = minimize_scalar(loss, bounds=ends, method="bounded")
    return float(np.exp(-found.x))


def _confidence(logits: np.ndarray) -> np.ndarray:
    """Returns the largest softmax probability of each row, `[N] float64`."""
    largest = logits.max(axis=1, keepdims=True)
    # exp(largest - largest) is the 1: the largest probability is one over the sum.
    # Taking the largest off first, no exp overflows.
    return 1 / np.exp(logits - largest, dtype=np.float64).sum(axis=1)


def _bin_of(confidence: np.ndarray, bins: int) -> np.ndarray:
    # A confidence of exactly k/bins belongs to the bin that ends there.
    return np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
