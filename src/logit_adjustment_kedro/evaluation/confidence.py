"""How far to believe the probabilities of a network, in its own mix and in another."""

from typing import Any

import numpy as np

from ..longtail.calibration import (
    TEMPERATURES,
    calibration_bins,
    calibration_error,
    calibration_error_by_chance,
    fit_temperature,
)
from ..longtail.metrics import accuracy
from ..longtail.mixes import weights_in_mix
from ..runs import Part, View
from .network import Network
from .target import Target

OWN, TARGET = "own", "target"


def calibration_rows(network: Network, target: Target) -> list[dict[str, Any]]:
    """Measures the calibration of all that is read of a network.

    In the mix that logits are for, and in the one that is predicted. Where there are
    validation images, logits are also divided by the temperature that suits those, and
    adjusted after that.

    Returns:
        The rows of `Readings.calibration`.
    """
    labels = network.labels[Part.TEST]
    tested = np.bincount(labels, minlength=len(target.shares))
    temperature = _temperature(network)
    cooled = network.at_temperature(temperature or 1.0)
    rows = []
    for name, method in network.methods.items():
        own = method.prior(network.last_layer.class_counts)
        mixes = {TARGET: (target.shares, target.moved_to)}
        if own is not None:
            mixes = {OWN: (own, None)} | mixes
        for mix, (shares, moved_to) in mixes.items():
            weights = weights_in_mix(tested, shares)
            error, by_chance = errors_in_mix(
                network.read_out(method, target=moved_to), labels, weights
            )
            scaled = np.nan
            if temperature:
                at_its = cooled.read_out(method, target=moved_to)
                scaled, _ = errors_in_mix(at_its, labels, weights)
            row = {
                "method": name,
                "seed": network.seed,
                "mix": mix,
                "error": error,
                "by_chance": by_chance,
                "temperature": temperature or np.nan,
                "scaled_error": scaled,
            }
            rows.append(row)
    return rows


def errors_in_mix(
    logits: np.ndarray, labels: np.ndarray, class_weights: np.ndarray
) -> tuple[float, float]:
    """Returns the calibration error in a mix, and that by chance.

    Both are of the classes that have a share and images: of the others nothing is
    known, so an image is taken to be none of them.

    Args:
        logits: `[N, L]`.
        labels: `[N]`, integers in `[0, L)`.
        class_weights: `[L]`, as how much an image of each class counts; see
            `weights_in_mix`.
    """
    known = class_weights > 0
    if not known.all():
        counts = known[labels]
        numbers = np.cumsum(known) - 1
        logits, labels = logits[counts][:, known], numbers[labels[counts]]
        class_weights = class_weights[known]
    bins = calibration_bins(logits, labels, weights=class_weights[labels])
    by_chance = calibration_error_by_chance(logits, class_weights=class_weights)
    return calibration_error(bins), by_chance


def _temperature(network: Network) -> float | None:
    """Fits that of a network, in the mix that its logits are for, if that is known."""
    labels = network.labels.get(Part.VALIDATION)
    if labels is None or not len(labels) or network.prior is None:
        return None
    images = np.bincount(labels, minlength=len(network.prior))
    weights = weights_in_mix(images, network.prior)[labels]
    logits = network.logits[Part.VALIDATION, View.PLAIN]
    if accuracy(logits, labels) == 1:  # then the smallest would be the best
        return None
    temperature = fit_temperature(logits, labels, weights)
    lowest, highest = TEMPERATURES
    return temperature if 1.01 * lowest < temperature < highest / 1.01 else None
