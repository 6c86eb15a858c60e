"""The tables of the comparison: one row a method, and one a tau and class."""

import numpy as np
import pandas as pd

from ...longtail.methods import POSTHOC
from ...longtail.metrics import (
    balanced_error,
    calibration_error,
    class_accuracies,
    harmonic_mean,
)
from ..reporting.nodes import rank_classes, refuse_differences
from .params import Comparison
from .results import FIXED, Reading, Results

CONFIDENCE = 0.95
GROUPS = ("head", "medium", "tail")


def method_table(
    results: dict[str, Results],
    class_counts: pd.DataFrame,
    comparison: Comparison,
    published_results: pd.DataFrame,
) -> pd.DataFrame:
    """Compares the methods; fractions are means over the seeds.

    Args:
        results: by method, in the order of the rows.
        class_counts: columns label, class_name, count, in label order.
        comparison: which classes are head, medium and tail.
        published_results: columns dataset, method, choice, tau (empty where there is
            none, or a choice), balanced_error (in %), source.

    Returns:
        Columns method, tau (mean over the seeds; NaN of a method without), tau_choice
        (see `Reading`), accuracy, accuracy_std (over the seeds), n_seeds, where there
        is a mirrored view mirrored_accuracy and mirrored_accuracy_std, balanced_error,
        balanced_error_std, balanced_error_low and balanced_error_high (95% interval of
        the mean, Student's t, cut off at 0 and 1), head, medium, tail (mean accuracy of
        their classes), worst_class, harmonic_mean, calibration_error, epochs,
        samples_seen, weights, training_seconds (these four a seed, and those of the
        network that a post-hoc method adjusts), published_balanced_error,
        published_source. One row a method and way of choosing tau.

    Raises:
        InputError: the methods were not trained with the same seeds, data and recipe.
    """
    _refuse_mixtures(results)
    groups = comparison.groups.of(class_counts["count"].to_numpy())
    readings = pd.DataFrame(
        {"method": name, **_measures(reading, groups)}
        for name, result in results.items()
        for reading in result.readings
    )
    keys = ["method", "tau_choice"]
    by_row = readings.groupby(keys, sort=False)
    table = by_row.mean().drop(columns="seed")
    for column in ("balanced_error", "accuracy", "mirrored_accuracy"):
        at = table.columns.get_loc(column) + 1
        table.insert(at, f"{column}_std", by_row[column].std())
    table.insert(table.columns.get_loc("accuracy_std") + 1, "n_seeds", by_row.size())
    margin = _half_interval(table["balanced_error_std"], table["n_seeds"])
    at = table.columns.get_loc("balanced_error_std") + 1
    for name, end in (("high", margin), ("low", -margin)):
        within = (table["balanced_error"] + end).clip(0, 1)
        table.insert(at, f"balanced_error_{name}", within)
    if table["mirrored_accuracy"].isna().all():
        table = table.drop(columns=["mirrored_accuracy", "mirrored_accuracy_std"])
    table = table.reset_index()
    table.insert(1, "tau", table.pop("tau"))
    table = table.merge(_costs(results), on="method", how="left")
    # A parameter is compared with figures of the same tau; a choice, with its like.
    table["published_tau"] = table["tau"].where(table["tau_choice"] == FIXED)
    return table.merge(
        _published(published_results, comparison),
        on=[*keys, "published_tau"],
        how="left",
        validate="many_to_one",
    ).drop(columns="published_tau")


def tau_table(
    results: dict[str, Results], class_counts: pd.DataFrame, comparison: Comparison
) -> pd.DataFrame:
    """Tabulates the post-hoc methods' accuracies on the test set over tau.

    Returns:
        Columns method, tau, kind (overall, group or class), name (of the group or
        class), class_rank and count (empty but for classes), accuracy (mean over the
        seeds; of a group, mean over its classes).
    """
    ranked = rank_classes(class_counts)
    groups = comparison.groups.of(class_counts["count"].to_numpy())
    tables = []
    for name, result in results.items():
        if result.sweep is None:
            continue
        accuracies = np.mean(list(result.sweep.test.values()), axis=0)
        wide = pd.DataFrame(accuracies, pd.Index(result.sweep.taus, name="tau"))
        parts = [_long(wide.mean(axis=1).to_frame("overall"), "overall")]
        by_group = {g: wide.loc[:, groups == g].mean(axis=1) for g in GROUPS}
        parts.append(_long(pd.DataFrame(by_group), "group"))
        classes = _long(wide[ranked["label"]], "class").rename(
            columns={"name": "label"}
        )
        classes = classes.merge(ranked, on="label").rename(
            columns={"class_name": "name"}
        )
        parts.append(classes.drop(columns="label"))
        tables.append(pd.concat(parts).assign(method=name))
    columns = ["method", "tau", "kind", "name", "class_rank", "count", "accuracy"]
    return pd.concat(tables, ignore_index=True)[columns]


def _long(wide: pd.DataFrame, kind: str) -> pd.DataFrame:
    long = wide.reset_index().melt("tau", var_name="name", value_name="accuracy")
    return long.assign(kind=kind)


def _measures(reading: Reading, groups: np.ndarray) -> dict[str, float | str]:
    confusion = reading.confusion
    accuracies = class_accuracies(confusion)
    return {
        "seed": reading.seed,
        "tau": reading.tau,
        "tau_choice": reading.choice,
        "accuracy": np.trace(confusion) / confusion.sum(),
        "mirrored_accuracy": reading.mirrored_accuracy,
        "balanced_error": balanced_error(confusion),
        **{g: _mean_of(accuracies[groups == g]) for g in GROUPS},
        "worst_class": np.nanmin(accuracies),
        "harmonic_mean": harmonic_mean(confusion),
        "calibration_error": calibration_error(reading.bins),
    }


def _mean_of(accuracies: np.ndarray) -> float:
    known = accuracies[~np.isnan(accuracies)]
    return known.mean() if known.size else np.nan


def _half_interval(std: pd.Series, n_seeds: pd.Series) -> pd.Series:
    from scipy.stats import t  # takes half a second

    # One seed has no degree of freedom, and so no interval: NaN.
    quantile = t.ppf((1 + CONFIDENCE) / 2, n_seeds - 1)
    return quantile * std / np.sqrt(n_seeds)


def _costs(results: dict[str, Results]) -> pd.DataFrame:
    rows = []
    for name in results:
        trained = POSTHOC[name].trained if name in POSTHOC else name
        took = results[trained].trainings.drop(columns=["seed", "tau", "setup"])
        rows.append({"method": name, **took.mean().to_dict()})
    counted = ["epochs", "samples_seen", "weights"]
    return pd.DataFrame(rows).astype(dict.fromkeys(counted, "int64"))


def _published(published: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    ours = published[published["dataset"] == comparison.dataset]
    return pd.DataFrame(
        {
            "method": ours["method"],
            "tau_choice": ours["choice"],
            "published_tau": ours["tau"],
            "published_balanced_error": ours["balanced_error"] / 100,
            "published_source": ours["source"],
        }
    )


def _refuse_mixtures(results: dict[str, Results]) -> None:
    trained = {
        name: r.trainings for name, r in results.items() if r.trainings is not None
    }
    refuse_differences("seeds", {n: t["seed"].tolist() for n, t in trained.items()})
    setups = {n: ", ".join(t["setup"].unique()) for n, t in trained.items()}
    refuse_differences("data or recipes", setups)
