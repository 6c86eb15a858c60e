"""One reading: what a method answers to the test images, in one view."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..longtail.calibration import calibration_bins
from ..longtail.methods import Method
from ..longtail.metrics import confusion_matrix
from ..longtail.mixes import weights_in_mix
from ..runs import Part, View
from .network import Network
from .readings import Choice
from .target import Target


@dataclass(frozen=True)
class Answer:
    """A reading.

    Attributes:
        row: of `Readings.answers`.
        confusion: `[L, L] int32`; see `confusion_matrix`.
        bins: `[15, 3] float64`, of the images weighed to the mix that is predicted; see
            `calibration_bins`.
    """

    row: dict[str, Any]
    confusion: np.ndarray
    bins: np.ndarray

    @classmethod
    def of(
        cls,
        network: Network,
        name: str,
        method: Method,
        choice: Choice,
        view: View,
        target: Target,
    ) -> "Answer":
        """Reads what a network answers to the test images.

        Args:
            network: the network.
            name: that of the reading.
            method: that of the network, or one that adjusts its logits.
            choice: how the tau of the method was chosen.
            view: how the images were shown.
            target: the mix that is predicted.
        """
        logits = network.read_out(method, view=view, target=target.moved_to)
        labels = network.labels[Part.TEST]
        row = {
            "method": name,
            "seed": network.seed,
            "view": view.value,
            "choice": choice.value,
            "tau": method.strength,
        }
        # Of 1,000 classes, all readings together are hundreds of MB: half suffices.
        confusion = confusion_matrix(logits, labels).astype(np.int32)
        weights = weights_in_mix(confusion.sum(axis=1), target.shares)[labels]
        return cls(row, confusion, calibration_bins(logits, labels, weights=weights))
