"""How the tau of a post-hoc method is chosen: by its accuracies over a grid."""

import numpy as np

from ..longtail.methods import LastLayer, PosthocMethod
from ..longtail.metrics import class_accuracies, confusion_matrix

CLOSEST_TO = 1.0  # of several tau that are equally good, the one that theory asks for


def accuracies_over_tau(
    method: PosthocMethod,
    taus: np.ndarray,
    logits: np.ndarray,
    labels: np.ndarray,
    last_layer: LastLayer,
) -> np.ndarray:
    """Returns the accuracy on each class at each tau, `[T, L] float64`.

    Args:
        method: what adjusts the logits; its own tau does not matter.
        taus: `[T]`.
        logits: those of a network, `[N, L]`.
        labels: `[N]`.
        last_layer: that of the same network.
    """
    adjusted = (method.at(tau).adjust(logits, last_layer) for tau in taus)
    return np.stack([class_accuracies(confusion_matrix(z, labels)) for z in adjusted])


def best_tau(taus: np.ndarray, accuracies: np.ndarray) -> float:
    """Returns the tau of the smallest balanced error; of several, the closest to 1.

    Args:
        taus: `[T]`.
        accuracies: `[T, L]`, on each class; a class that is NaN does not count.

    >>> float(best_tau(np.array([0.0, 0.5, 2.0]), np.array([[0.2], [0.7], [0.7]])))
    0.5
    """
    balanced = np.nanmean(accuracies, axis=1)
    # Means of the same numbers in another order may differ in their last digits.
    best = taus[balanced >= balanced.max() - 1e-12]
    return float(best[np.argmin(np.abs(best - CLOSEST_TO))])
