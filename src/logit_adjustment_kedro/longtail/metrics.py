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
