"""How the tau of a post-hoc method is chosen: by its accuracies over a grid."""

import numpy as np

from ..longtail.methods import LastLayer, PosthocMethod
from ..longtail.metrics import class_accuracies, confusion_matrix
from ..longtail.mixes import mean_in_mix

CLOSEST_TO = 1.0  # of several tau that are equally good, the one that theory asks for


def accuracies_over_tau(
    method: PosthocMethod,
    taus: np.ndarray,
    logits: np.ndarray,
    labels: np.ndarray,
    last_layer: LastLayer,
    target: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the accuracy on each class at each tau, `[T, L] float64`.

    Args:
        method: what adjusts the logits; its own tau does not matter.
        taus: `[T]`.
        logits: those of a network, `[N, L]`.
        labels: `[N]`.
        last_layer: that of the same network.
        target: `[L]`, the mix to predict; see `Method.adjust`.
    """
    adjusted = (method.at(tau).adjust(logits, last_layer, target) for tau in taus)
    return np.stack([class_accuracies(confusion_matrix(z, labels)) for z in adjusted])


def best_tau(
    taus: np.ndarray, accuracies: np.ndarray, shares: np.ndarray
) -> float | None:
    """Returns the tau of the smallest error; of several, the closest to 1.

    None, if there are images of no class that has a share.

    Args:
        taus: `[T]`.
        accuracies: `[T, L]`, on each class; a class that is NaN does not count.
        shares: `[L]`, of the classes in the mix that the error is measured on.

    >>> accuracies = np.array([[0.2, 0.8], [0.7, 0.7], [0.8, 0.6]])
    >>> float(best_tau(np.array([0.0, 0.5, 2.0]), accuracies, np.array([0.5, 0.5])))
    0.5
    """
    means = mean_in_mix(accuracies, shares)
    if np.isnan(means).any():
        return None
    # Means of the same numbers in another order may differ in their last digits.
    best = taus[means >= means.max() - 1e-12]
    return float(best[np.argmin(np.abs(best - CLOSEST_TO))])
