"""How well the largest logit names the class."""

import numpy as np


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Returns the fraction of rows whose largest logit is that of the label.

    On a test set with equally many images a class, this is one minus the balanced
    error.

    Args:
        logits: `[N, L]`.
        labels: `[N]`, in `[0, L)`.
    """
    return float(np.mean(np.argmax(logits, axis=-1) == labels))


def per_class_accuracy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns, for each class, the fraction of its images that are named rightly.

    Args:
        logits: `[N, L]`.
        labels: `[N]`, in `[0, L)`.

    Returns:
        `[L] float64`; NaN for a class without an image. The mean over the classes is
        one minus the balanced error.
    """
    num_classes = logits.shape[-1]
    right = labels[np.argmax(logits, axis=-1) == labels]
    totals = np.bincount(labels, minlength=num_classes)
    with np.errstate(invalid="ignore"):
        return np.bincount(right, minlength=num_classes) / totals
