"""What is measured of single readings: a row a reading, or a row a class of it."""

import numpy as np
import pandas as pd

from ..longtail.calibration import calibration_error
from ..longtail.groups import GROUPS, rank_classes
from ..longtail.metrics import balanced_error, class_accuracies, harmonic_mean
from ..longtail.mixes import accuracy_in_mix
from .readings import Choice, Readings


def measures(readings: Readings) -> pd.DataFrame:
    """Measures every reading, in every view and for every way of choosing tau.

    Returns:
        The rows and columns of `readings.answers`, and the columns accuracy,
        target_error (in the mix that is predicted), balanced_error, head, medium, tail
        (mean accuracy of their classes; NaN where none of them has a test image),
        worst_class, harmonic_mean (of the classes' accuracies), calibration_error (in
        that mix).
    """
    counts = readings.class_counts["count"].to_numpy()
    groups = readings.comparison.groups.of(counts)
    rows = [
        _measures(confusion, groups, readings.target_shares)
        | {"calibration_error": calibration_error(bins)}
        for confusion, bins in zip(readings.confusions, readings.bins, strict=True)
    ]
    return readings.answers.join(pd.DataFrame(rows, index=readings.answers.index))


def class_accuracy(readings: Readings) -> pd.DataFrame:
    """Tabulates the test accuracy on each class, in the plain view.

    Where tau was chosen, the readings are left out.

    Returns:
        Columns method, seed, class_rank, label, class_name, count (training images),
        accuracy (NaN of a class without a test image); one row a reading and class,
        and of each reading the most frequent class first.
    """
    ranked = rank_classes(readings.class_counts)
    tables = []
    for row in readings.of(choice=Choice.FIXED).itertuples():
        by_label = class_accuracies(readings.confusions[row.Index])
        accuracy = by_label[ranked["label"]]
        tables.append(
            ranked.assign(method=row.method, seed=row.seed, accuracy=accuracy)
        )
    columns = ["method", "seed", "class_rank", "label", "class_name", "count"]
    return pd.concat(tables, ignore_index=True)[[*columns, "accuracy"]]


def _measures(
    confusion: np.ndarray, groups: np.ndarray, target: np.ndarray
) -> dict[str, float]:
    accuracies = class_accuracies(confusion)
    return {
        "accuracy": np.trace(confusion) / confusion.sum(),
        "target_error": 1 - accuracy_in_mix(confusion, target),
        "balanced_error": balanced_error(confusion),
        **{group: _mean_of(accuracies[groups == group]) for group in GROUPS},
        "worst_class": np.nanmin(accuracies),
        "harmonic_mean": harmonic_mean(confusion),
    }


def _mean_of(accuracies: np.ndarray) -> float:
    known = accuracies[~np.isnan(accuracies)]
    return known.mean() if known.size else np.nan
