"""How well the largest logit names the class, overall and class by class."""

import statistics

import numpy as np

from ..errors import InputError
from .checks import check_indices


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Returns the fraction of rows whose largest logit is that of the label.

    On a test set with equally many images a class, this is one minus the balanced
    error.

    Args:
        logits: `[N, L]`.
        labels: `[N]`, integers in `[0, L)`.

    Raises:
        InputError: the shapes or labels are others.

    Example:
    >>> import numpy as np
    >>> logits = np.array([[2.0, 1.0], [0.5, 0.1], [0.0, 3.0], [1.0, 0.0]])
    >>> accuracy(logits, labels=np.array([0, 0, 1, 1]))
    0.75
    """
    logits, labels = checked(logits, labels)
    return float(np.mean(np.argmax(logits, axis=1) == labels))


def confusion_matrix(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Counts the images by label and by the class of the largest logit.

    Args:
        logits: `[N, L]`.
        labels: `[N]`, integers in `[0, L)`.

    Returns:
        `[L, L] int64`: rows are labels, columns are predictions.

    Raises:
        InputError: the shapes or labels are others.

    Example:
    >>> import numpy as np
    >>> logits = np.array([[2.0, 1.0], [0.5, 0.1], [0.0, 3.0], [1.0, 0.0]])
    >>> confusion_matrix(logits, labels=np.array([0, 0, 1, 1]))
    array([[2, 0],
           [1, 1]])
    """
    logits, labels = checked(logits, labels)
    num_classes = logits.shape[1]
    # One number a pair, counted at once. In the dtype of the labels, which may be
    # uint8, it would wrap around.
    pairs = labels.astype(np.int64) * num_classes + np.argmax(logits, axis=1)
    counts = np.bincount(pairs, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


def class_accuracies(confusion: np.ndarray) -> np.ndarray:
    """Returns the accuracy on each class.

    Args:
        confusion: `[L, L]`, as `confusion_matrix` returns.

    Returns:
        `[L] float64`, fractions; NaN of a class without images.

    Example:
    >>> import numpy as np
    >>> class_accuracies(np.array([[9, 1], [3, 1]]))
    array([0.9 , 0.25])
    """
    images = confusion.sum(axis=1)
    right = np.diagonal(confusion)
    return np.where(images > 0, right / np.maximum(images, 1), np.nan)


def balanced_error(confusion: np.ndarray) -> float:
    """Returns one minus the mean of the classes' accuracies; Menon et al., ICLR 2021.

    Classes without images do not count.

    Args:
        confusion: `[L, L]`, as `confusion_matrix` returns.

    Example:
    >>> import numpy as np
    >>> round(balanced_error(np.array([[9, 1], [3, 1]])), 4)
    0.425
    """
    return 1 - float(np.nanmean(class_accuracies(confusion)))


def harmonic_mean(confusion: np.ndarray) -> float:
    """Returns the harmonic mean of the classes' accuracies; 0 if one of them is 0.

    Classes without images do not count.

    Args:
        confusion: `[L, L]`, as `confusion_matrix` returns.

    Example:
    >>> import numpy as np
    >>> round(harmonic_mean(np.array([[9, 1], [3, 1]])), 4)
    0.3913
    """
    accuracies = class_accuracies(confusion)
    return statistics.harmonic_mean(accuracies[~np.isnan(accuracies)].tolist())


def checked(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns what was given, `[N, L]` and `[N]`, and refuses all else."""
    logits = np.asarray(logits)
    if logits.ndim != 2:
        raise InputError(
            f"Expected logits of shape [N, L]. Received: shape={logits.shape}"
        )
    return logits, check_indices(labels, *logits.shape)
