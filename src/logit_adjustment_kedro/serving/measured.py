"""What a model reached on the test images of its training."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from ..evaluation.confidence import errors_in_mix
from ..longtail.groups import GROUPS, Groups
from ..longtail.intervals import interval_over_images
from ..longtail.metrics import confusion_matrix
from ..longtail.mixes import accuracy_in_mix, weights_in_mix
from ..runs import Part
from .model import Model

CLASSES = "all classes alike"
TARGET = "in the target mix"
TESTED = "in the mix of the test images"


@dataclass(frozen=True, eq=False)
class Measured:
    """What a model reached, all seeds together.

    Attributes:
        accuracy: one row a mix, or a group of classes, whose accuracies count alike;
            columns group, accuracy, lower and upper (ends of the 95% interval over test
            images; NaN where a class has one), as fractions.
        calibration: the expected calibration error in the mix that the answers are for,
            and what chance alone would make of it, as fractions; empty where that mix
            is not known.
        groups: which classes are head, medium and tail.
    """

    accuracy: pd.DataFrame
    calibration: dict[str, float]
    groups: Groups

    @classmethod
    def of(cls, model: Model, groups: Groups) -> Self:
        """Measures a model by the test logits that its runs keep.

        Args:
            model: what to measure.
            groups: which classes are head, medium and tail.
        """
        labels = model.runs[0].labels[Part.TEST]
        probabilities = model.of_tested()
        confusion = confusion_matrix(probabilities, labels)
        rows = [
            {"group": name, **_accuracy(confusion, shares)}
            for name, shares in _mixes(model, groups, confusion).items()
        ]
        accuracy = pd.DataFrame(rows).dropna(subset="accuracy", ignore_index=True)
        return cls(accuracy, _calibration(model, probabilities, labels), groups)


def _mixes(
    model: Model, groups: Groups, confusion: np.ndarray
) -> dict[str, np.ndarray]:
    """Returns what each class weighs in a row, `[L]` with sum 1, by its name."""
    images = confusion.sum(axis=1)
    mixes = {CLASSES: np.ones(len(images))}
    if model.target is not None:
        mixes[TARGET] = model.target
    if len(np.unique(images)) > 1:
        mixes[TESTED] = images
    group_of = groups.of(np.array(model.setup.class_counts))
    mixes |= {group: group_of == group for group in GROUPS if group in group_of}
    return {name: shares / shares.sum() for name, shares in mixes.items()}


def _accuracy(confusion: np.ndarray, shares: np.ndarray) -> dict[str, float]:
    tested = np.flatnonzero(confusion.sum(axis=1))
    right = np.diagonal(confusion)[tested]
    wrong = confusion.sum(axis=1)[tested] - right
    lower, upper = np.nan, np.nan
    if shares[tested].any():
        lower, upper = interval_over_images(
            values=np.repeat([1, 0], len(tested)),
            images=np.concatenate([right, wrong]),
            labels=np.tile(tested, 2),
            shares=shares,
        )
    return {
        "accuracy": accuracy_in_mix(confusion, shares),
        "lower": lower,
        "upper": upper,
    }


def _calibration(
    model: Model, probabilities: np.ndarray, labels: np.ndarray
) -> dict[str, float]:
    shares = model.answers_for
    if shares is None:
        return {}
    tested = np.bincount(labels, minlength=len(shares))
    if not shares[tested > 0].any():
        return {}
    logits = np.log(np.maximum(probabilities, np.finfo(float).tiny))
    error, by_chance = errors_in_mix(logits, labels, weights_in_mix(tested, shares))
    return {"expected calibration error": error, "of it by chance": by_chance}
