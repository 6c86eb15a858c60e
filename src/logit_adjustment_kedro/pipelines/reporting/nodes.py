"""The nodes of the reporting: tables of plain numbers, then charts of them.

Altair takes two seconds to import, so the nodes that draw import `charts` when they
run, and their hints say `Any` for a chart: Kedro evaluates the hints of every node.
"""

from itertools import pairwise
from typing import Any

import pandas as pd

from ...errors import InputError
from ...longtail import effective_class_probability
from ...longtail.methods import POSTHOC, TABLE_1
from .params import Reporting

MAX_EPOCHS_DRAWN = 200


def rank_classes(class_counts: pd.DataFrame) -> pd.DataFrame:
    """Sorts the classes by frequency.

    Args:
        class_counts: columns label, class_name, count, in label order.

    Returns:
        The same columns and class_rank, from 1, the most frequent class, in the order
        of the ranks. Ties are in label order.
    """
    ranked = class_counts.sort_values("count", ascending=False, kind="stable")
    return ranked.assign(
        class_name=ranked["class_name"].astype(str),
        class_rank=range(1, len(ranked) + 1),
    )


def effective_probabilities(
    class_counts: pd.DataFrame, reporting: Reporting
) -> pd.DataFrame:
    """Computes the effective class probability of each class, for each beta.

    Returns:
        Columns class_rank, class_name, beta, probability.
    """
    ranked = rank_classes(class_counts)
    tables = [
        ranked[["class_rank", "class_name"]].assign(
            beta=beta, probability=effective_class_probability(ranked["count"], beta)
        )
        for beta in reporting.betas
    ]
    return pd.concat(tables, ignore_index=True)


def score(predictions: pd.DataFrame) -> pd.DataFrame:
    """Counts the test images that are named rightly.

    Args:
        predictions: columns seed, view, label, logit_0 ... logit_{L-1}; one row a test
            image, view and seed.

    Returns:
        Columns seed, view, label, images, right; one row a seed, view and class.
    """
    num_classes = predictions.columns.str.startswith("logit_").sum()
    logits = predictions[[f"logit_{label}" for label in range(num_classes)]]
    answers = predictions[["seed", "view", "label"]].assign(
        right=logits.to_numpy().argmax(axis=1) == predictions["label"]
    )
    by_class = answers.groupby(["seed", "view", "label"], as_index=False)["right"]
    return by_class.agg(images="count", right="sum")


def accuracy_table(**scores: pd.DataFrame) -> pd.DataFrame:
    """Makes Table 1: the test accuracy of each method.

    Args:
        **scores: for each method, what `score` returned.

    Returns:
        Columns method (its name in the registry), accuracy (a fraction, the mean over
        the seeds), accuracy_std (the sample standard deviation over the seeds; NaN for
        one seed), n_seeds, and where there is a mirrored view, mirrored_accuracy and
        mirrored_accuracy_std; one row a method.

    Raises:
        InputError: the methods were not run with the same number of seeds.
    """
    by_seed = _together(scores).groupby(["view", "method", "seed"], sort=False)
    accuracy = by_seed["right"].sum() / by_seed["images"].sum()
    by_method = accuracy["plain"].groupby("method", sort=False)
    table = by_method.agg(accuracy="mean", accuracy_std="std", n_seeds="count")
    refuse_differences("numbers of seeds", table["n_seeds"].to_dict())
    if "mirrored" in accuracy:
        by_method = accuracy["mirrored"].groupby("method", sort=False)
        mirrored = {"mirrored_accuracy": "mean", "mirrored_accuracy_std": "std"}
        table = table.join(by_method.agg(**mirrored))
    return table.reset_index()


def per_class_accuracy(
    class_counts: pd.DataFrame, **scores: pd.DataFrame
) -> pd.DataFrame:
    """Tabulates the test accuracy of each method on each class.

    Args:
        class_counts: columns label, class_name, count (training images).
        **scores: for each method, what `score` returned.

    Returns:
        Columns method, label, class_name, count, accuracy, accuracy_std, as in
        `accuracy_table` and in the plain view; the most frequent class first.
    """
    accuracies = _class_accuracies(class_counts, scores)
    keys = ["method", "label", "class_name", "count"]
    by_class = accuracies.groupby(keys, sort=False, as_index=False)["accuracy"]
    return by_class.agg(accuracy="mean", accuracy_std="std")


def per_class_chart(class_counts: pd.DataFrame, **scores: pd.DataFrame) -> Any:
    """Draws the accuracy over the class frequency; see `per_class_accuracy`."""
    from . import charts

    return charts.per_class_chart(_class_accuracies(class_counts, scores))


def beta_chart(effective_probabilities: pd.DataFrame) -> Any:
    """Draws Figure 1: the effective class probabilities by rank and beta."""
    from . import charts

    return charts.beta_chart(effective_probabilities)


def summarise(history: pd.DataFrame) -> pd.DataFrame:
    """Summarises the accuracies of a history over its seeds.

    Of a long run only every n-th epoch is kept, counted back from the last one, so
    that the last is among them.

    Args:
        history: columns seed, epoch, train_accuracy, test_accuracy, for each post-hoc
            method `<name>_test_accuracy`, and others.

    Returns:
        Columns curve (the name of the column in `history`), epoch, mean, low, high.
    """
    last = history["epoch"].max()
    step = -(-last // MAX_EPOCHS_DRAWN)
    drawn = history[(last - history["epoch"]) % step == 0]
    accuracies = drawn.filter(regex="^epoch$|_accuracy$").melt(
        "epoch", var_name="curve", value_name="accuracy"
    )
    accuracies = accuracies.dropna()
    by_epoch = accuracies.groupby(["curve", "epoch"], as_index=False)["accuracy"]
    return by_epoch.agg(mean="mean", low="min", high="max")


def learning_curves(**summaries: pd.DataFrame) -> Any:
    """Draws the accuracy of each method by epoch.

    Args:
        **summaries: for each trained method, what `summarise` returned.

    Raises:
        InputError: the methods were not trained for the same number of epochs.
    """
    from . import charts

    lengths = {name: summary["epoch"].max() for name, summary in summaries.items()}
    refuse_differences("numbers of epochs", lengths)
    curves = []
    for trained, summary in summaries.items():
        readers = [n for n in TABLE_1 if n in POSTHOC and POSTHOC[n].trained == trained]
        shown = {
            "train_accuracy": (trained, "Training set"),
            "test_accuracy": (trained, "Test set"),
            **{f"{name}_test_accuracy": (name, "Test set") for name in readers},
        }
        for curve, (method, images) in shown.items():
            rows = summary[summary["curve"] == curve]
            curves.append(rows.assign(method=method, images=images))
    return charts.learning_curves(pd.concat(curves, ignore_index=True))


def refuse_differences(of: str, numbers: dict[str, Any]) -> None:
    """Refuses to compare methods that differ in what must be the same.

    Args:
        of: what differs.
        numbers: what it is, by method.

    Raises:
        InputError: not all are equal.
    """
    if any(n != m for n, m in pairwise(numbers.values())):
        raise InputError(
            f"Expected methods trained alike. Received different {of}: "
            + ", ".join(f"{name} {number}" for name, number in numbers.items())
            + ". Train them again with the same parameters, in one command."
        )


def _together(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Returns the tables of all methods as one, with a column method: their names."""
    return pd.concat(tables, names=["method"]).reset_index("method")


def _class_accuracies(
    class_counts: pd.DataFrame, scores: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Returns columns method, seed, accuracy, and those of `rank_classes`.

    Accuracies are those of the plain view.
    """
    ranked = rank_classes(class_counts)
    tables = {
        name: ranked.merge(table[table["view"] == "plain"], on="label", how="left")
        for name, table in scores.items()
    }
    return _together(tables).assign(accuracy=lambda table: table.right / table.images)
