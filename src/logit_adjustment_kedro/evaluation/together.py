"""What all seeds of a method say of the same test images."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from ..images import ImageSet
from ..longtail.metrics import class_accuracies, confusion_matrix
from .network import Network
from .pictures import png_of
from .target import Target

MOST_MISTAKES = 6  # that are shown of a method


class Seeds:
    """Gathers the answers of all seeds, method by method.

    Args:
        labels: `[N]`, those of the test images.
        test_set: the images themselves, for pictures; None for no pictures.
    """

    def __init__(self, labels: np.ndarray, test_set: ImageSet | None):
        self._labels = labels
        has_names = test_set is not None and test_set.files is not None
        self._pictured = test_set if has_names and np.uint8 == test_set.DTYPE else None
        self._right: dict[str, dict[int, np.ndarray]] = {}  # by method and seed
        # Of the network that is being read, and what adjusts it: [N, L] each, which of
        # all methods together would be much.
        self._probabilities: dict[str, tuple[Any, int]] = {}
        self._ensembles: list[pd.DataFrame] = []
        self._mistakes: list[dict[str, Any]] = []

    def add(self, network: Network, target: Target) -> None:
        """Adds a seed; those of a method come one after the other."""
        if network.name not in self._probabilities:
            self._close()
        for name, method in network.methods.items():
            logits = network.read_out(method, target=target.moved_to)
            right = np.argmax(logits, axis=1) == self._labels
            self._right.setdefault(name, {})[network.seed] = right
            mean, seeds = self._probabilities.get(name, (0.0, 0))
            mean = mean + (softmax(logits, axis=1) - mean) / (seeds + 1)
            self._probabilities[name] = mean, seeds + 1

    def hits(self, compared_with: dict[str, str]) -> pd.DataFrame:
        """Returns `Readings.hits`."""
        tables = []
        for name, right in self._right.items():
            baseline = self._right[compared_with.get(name, name)]
            wins = np.zeros(len(self._labels), int)
            for seed in right.keys() & baseline.keys():
                wins += right[seed].astype(int) - baseline[seed]
            columns = {
                "label": self._labels,
                "right": sum(right.values()),
                "wins": wins,
            }
            images = pd.DataFrame(columns).value_counts(sort=False).rename("images")
            tables.append(images.reset_index().assign(method=name))
        return pd.concat(tables, ignore_index=True)

    def ensembles(self) -> pd.DataFrame:
        """Returns `Readings.ensembles`; no seed is added after this."""
        self._close()
        return pd.concat(self._ensembles, ignore_index=True)

    def mistakes(self) -> pd.DataFrame:
        """Returns `Readings.mistakes`; no seed is added after this."""
        self._close()
        columns = ["method", "file", "label", "predicted", "confidence", "picture"]
        return pd.DataFrame(self._mistakes, columns=columns)

    def _close(self) -> None:
        for name, (mean, seeds) in self._probabilities.items():
            accuracies = class_accuracies(confusion_matrix(mean, self._labels))
            columns = {"label": range(len(accuracies)), "accuracy": accuracies}
            of = pd.DataFrame(columns).assign(method=name, seeds=seeds)
            self._ensembles.append(of)
            if self._pictured is not None:
                self._mistakes += _worst(name, mean, self._pictured)
        self._probabilities = {}


def _worst(method: str, mean: np.ndarray, images: ImageSet) -> list[dict[str, Any]]:
    """Returns the images that are surest to be something else, the worst first."""
    predicted = np.argmax(mean, axis=1)
    wrong = np.flatnonzero(predicted != images.labels)
    confidence = mean[wrong, predicted[wrong]]
    worst = np.argsort(-confidence, kind="stable")[:MOST_MISTAKES]
    return [
        {
            "method": method,
            "file": str(images.files[row]),
            "label": int(images.labels[row]),
            "predicted": int(predicted[row]),
            "confidence": float(mean[row, predicted[row]]),
            "picture": png_of(images.read([row])[0]),
        }
        for row in wrong[worst]
    ]
