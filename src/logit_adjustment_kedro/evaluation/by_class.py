"""What is read of single classes: how well each is found, and what it is taken for."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..longtail.groups import rank_classes
from .readings import Choice, Readings

MOST_MOVED = 3  # classes that gained most, and as many that lost most
MOST_CONFUSED = 5  # pairs of classes


def class_table(readings: Readings) -> pd.DataFrame:
    """Tabulates precision, recall and F1 of each class, on the test set as it is.

    Where tau was chosen, the readings are left out.

    Returns:
        Columns method, class_name, label, count (training images), test_count (the
        support), precision (NaN of a class that is never predicted), recall, f1 (both
        NaN of a class without test images); means over the seeds, the most frequent
        class first.
    """
    ranked = rank_classes(readings.class_counts)
    tables = []
    for method, answers in readings.of(choice=Choice.FIXED).groupby(
        "method", sort=False
    ):
        scores = [_scores(readings.confusions[row]) for row in answers.index]
        # Of some seeds a class may be predicted, and of others never.
        means = pd.concat(scores).groupby(level=0).mean()
        table = ranked.join(means, on="label").assign(method=method)
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    table["test_count"] = readings.test_counts[table["label"]]
    columns = ["method", "class_name", "label", "count", "test_count"]
    return table[[*columns, "precision", "recall", "f1"]]


def moved_classes(class_table: pd.DataFrame, readings: Readings) -> pd.DataFrame:
    """Tabulates the classes of which a method names most more, and most fewer.

    Args:
        class_table: see there.
        readings: what it was made of.

    Returns:
        Columns method, class_name, before and after (recall of what it is compared
        with, and its own), images (how many more of them are named rightly, the mean
        over the seeds; negative if fewer), test_count; of each method but the first,
        the largest gains and then the largest losses.
    """
    rows = []
    for moved in _moves(class_table, readings):
        ordered = moved.sort_values("images", kind="stable")
        lost = ordered[ordered["images"] < 0].head(MOST_MOVED)
        gained = ordered[ordered["images"] > 0].tail(MOST_MOVED)[::-1]
        rows += [*gained.to_dict("records"), *lost.to_dict("records")]
    columns = ["method", "class_name", "before", "after", "images", "test_count"]
    return pd.DataFrame(rows, columns=columns)


def most_lost(class_table: pd.DataFrame, readings: Readings) -> dict[str, pd.Series]:
    """Returns the class whose accuracy a method lowers most, by methods that lower any.

    Args:
        class_table: see there.
        readings: what it was made of.

    Returns:
        Of each class its class_name, before and after; see `moved_classes`.
    """
    lost = {}
    for moved in _moves(class_table, readings):
        change = moved["after"] - moved["before"]
        if change.min() < 0:
            most = moved.loc[change.idxmin()]
            lost[most["method"]] = most
    return lost


def _moves(class_table: pd.DataFrame, readings: Readings) -> Iterator[pd.DataFrame]:
    """Yields the rows of each method but the first, with what was before it."""
    table = class_table.dropna(subset="recall")
    recalls = table.pivot(index="label", columns="method", values="recall")
    for method, baseline in readings.compared_with.items():
        of_method = table[table["method"] == method].set_index("label")
        moved = of_method.assign(before=recalls[baseline], after=of_method["recall"])
        change = moved["after"] - moved["before"]
        yield moved.assign(images=change * moved["test_count"])


def confused_classes(readings: Readings) -> pd.DataFrame:
    """Tabulates the pairs of classes that each method confuses most.

    Returns:
        Columns method, class_name, predicted, images (of the class, how many are taken
        for the other; the mean over the seeds), test_count.
    """
    names = readings.class_counts["class_name"].astype(str)
    rows = []
    for method, answers in readings.of(choice=Choice.FIXED).groupby(
        "method", sort=False
    ):
        mean = np.mean([readings.confusions[row] for row in answers.index], axis=0)
        np.fill_diagonal(mean, 0)
        for pair in np.argsort(-mean, axis=None, kind="stable")[:MOST_CONFUSED]:
            label, predicted = np.unravel_index(pair, mean.shape)
            if mean[label, predicted]:
                rows.append(
                    {
                        "method": method,
                        "class_name": names[label],
                        "predicted": names[predicted],
                        "images": mean[label, predicted],
                        "test_count": readings.test_counts[label],
                    }
                )
    columns = ["method", "class_name", "predicted", "images", "test_count"]
    return pd.DataFrame(rows, columns=columns)


def _scores(confusion: np.ndarray) -> pd.DataFrame:
    """Returns precision, recall and F1 of each class of one reading."""
    right = np.diagonal(confusion)
    images, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN
        precision, recall = right / predicted, right / images
        f1 = np.where(images > 0, 2 * right / (images + predicted), np.nan)
    return pd.DataFrame({"precision": precision, "recall": recall, "f1": f1})
