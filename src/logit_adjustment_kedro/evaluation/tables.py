"""The tables of the reports: each is made of readings, and of nothing else."""

import pandas as pd

from ..longtail import effective_class_probability
from ..longtail.groups import GROUPS, rank_classes
from ..longtail.intervals import interval_over_seeds
from ..longtail.methods import METHODS, TRAINED, trainings_of
from ..longtail.mixes import mean_in_mix
from ..runs import Part, View
from .measures import class_accuracy, measures
from .published import published_errors
from .readings import Choice, Readings

IN_TARGET = ["target_accuracy", "target_accuracy_std"]
BALANCED = ["balanced_accuracy", "balanced_accuracy_std"]
ACCURACIES = [
    *("accuracy", "accuracy_std", "n_seeds"),
    *("mirrored_accuracy", "mirrored_accuracy_std"),
]
TARGET = [
    *("target_error", "target_error_std"),
    *("target_error_low", "target_error_high"),
]
ERRORS = [
    *("balanced_error", "balanced_error_std"),
    *("balanced_error_low", "balanced_error_high"),
]
BY_CLASS = [*GROUPS, "worst_class", "harmonic_mean", "calibration_error"]
COUNTED = ["epochs", "samples_seen", "weights"]
COSTS = [*COUNTED, "training_seconds"]
PUBLISHED = ["published_balanced_error", "published_source"]
BALANCED_ACCURACY = "balanced"  # what the tau table calls the mean over the classes
TAU_COLUMNS = ["method", "tau", "kind", "name", "class_rank", "count", "accuracy"]


def method_table(readings: Readings) -> pd.DataFrame:
    """Compares the methods; fractions are means over the seeds.

    Returns:
        Columns method, tau (mean over the seeds; NaN of a method without), tau_choice
        (of `Choice`), accuracy, accuracy_std (over the seeds), n_seeds, where there is
        a mirrored view mirrored_accuracy and mirrored_accuracy_std, balanced_error,
        balanced_error_std, balanced_error_low and balanced_error_high (95% interval of
        the mean, Student's t, cut off at 0 and 1), where another mix than the uniform
        one is predicted target_error with the same three (in that mix), head, medium,
        tail (mean accuracy of their classes), worst_class, harmonic_mean,
        calibration_error, epochs, samples_seen, weights (of the networks that answer),
        training_seconds (these four a seed, the others of all the trainings that a
        method takes, together),
        published_balanced_error, published_source. One row a method and way of choosing
        tau, in the order of the readings.
    """
    keys = ["method", "choice"]
    measured = measures(readings)
    by_row = measured[measured["view"] == View.PLAIN].groupby(keys, sort=False)
    spread = ["accuracy", "balanced_error", "target_error"]
    stds = by_row[spread].std().add_suffix("_std")
    table = by_row.mean(numeric_only=True).join(stds).assign(n_seeds=by_row.size())
    table = table.join(_interval(table, "balanced_error"))
    if not readings.is_for_uniform:
        table = table.join(_interval(table, "target_error"))
    if View.MIRRORED in measured["view"].array:
        mirrored = measured[measured["view"] == View.MIRRORED].groupby(keys)["accuracy"]
        table["mirrored_accuracy"] = mirrored.mean()
        table["mirrored_accuracy_std"] = mirrored.std()
    table = table.reset_index().rename(columns={"choice": "tau_choice"})
    table = _with_published(_with_costs(table, readings), readings)
    target = [] if readings.is_for_uniform else TARGET
    columns = ["method", "tau", "tau_choice", *ACCURACIES, *ERRORS, *target, *BY_CLASS]
    return table.filter([*columns, *COSTS, *PUBLISHED])


def accuracy_table(readings: Readings) -> pd.DataFrame:
    """Makes Table 1: three rows of the table of all methods.

    Returns:
        Columns method, accuracy, accuracy_std (NaN for one seed), n_seeds, and where
        there is a mirrored view, mirrored_accuracy and mirrored_accuracy_std, as in
        `method_table`; one row a method of Table 1. Where the test set is not balanced,
        balanced_accuracy (the mean of the classes' accuracies) and
        balanced_accuracy_std come first; where another mix than the uniform one is
        predicted, target_accuracy and target_accuracy_std (in that mix) before them.
    """
    table = method_table(readings)
    of_table_1 = table["method"].isin(readings.table_1) & (
        table["tau_choice"] == Choice.FIXED
    )
    if not readings.is_balanced:
        table["balanced_accuracy"] = 1 - table["balanced_error"]
        table["balanced_accuracy_std"] = table["balanced_error_std"]
    if not readings.is_for_uniform:
        table["target_accuracy"] = 1 - table["target_error"]
        table["target_accuracy_std"] = table["target_error_std"]
    columns = ["method", *IN_TARGET, *BALANCED, *ACCURACIES]
    return table[of_table_1].filter(columns).reset_index(drop=True)


def per_class_accuracy(readings: Readings) -> pd.DataFrame:
    """Tabulates the test accuracy on each class of the methods of Table 1.

    Returns:
        Columns method, label, class_name, count (training images), test_count,
        accuracy (in the plain view, the mean over the seeds; NaN of a class without
        test images), accuracy_std (NaN for one seed); the most frequent class first.
    """
    accuracies = class_accuracy(readings)
    accuracies["test_count"] = readings.test_counts[accuracies["label"]]
    keys = ["method", "label", "class_name", "count", "test_count"]
    by_class = accuracies[accuracies["method"].isin(readings.table_1)].groupby(
        keys, sort=False, as_index=False
    )["accuracy"]
    return by_class.agg(accuracy="mean", accuracy_std="std")


def tau_table(readings: Readings) -> pd.DataFrame:
    """Tabulates the post-hoc methods' accuracies on the test set over tau.

    Returns:
        Columns method, tau, kind (overall, group or class), name (of the group or
        class; overall, "balanced", or "in the mix" where another one is predicted),
        class_rank and count (empty but for classes), accuracy (mean over the seeds; of
        a group, mean over its classes; overall, in the mix that is predicted).
    """
    ranked = rank_classes(readings.class_counts)
    groups = readings.comparison.groups.of(readings.class_counts["count"].to_numpy())
    on_test = readings.sweeps[readings.sweeps["part"] == Part.TEST]
    in_mix = BALANCED_ACCURACY if readings.is_for_uniform else "in the mix"
    tables = []
    for name, sweep in on_test.groupby("method", sort=False):
        wide = sweep.groupby(["tau", "label"])["accuracy"].mean().unstack()
        overall = pd.Series(
            mean_in_mix(wide.to_numpy(), readings.target_shares), wide.index
        )
        by_group = {g: wide.loc[:, groups == g].mean(axis=1) for g in GROUPS}
        by_class = _long(wide[ranked["label"]], "class").rename(
            columns={"name": "label"}
        )
        by_class = by_class.merge(ranked, on="label").rename(
            columns={"class_name": "name"}
        )
        parts = [
            _long(overall.to_frame(in_mix), "overall"),
            _long(pd.DataFrame(by_group), "group"),
            by_class,
        ]
        tables.append(pd.concat(parts).assign(method=name))
    return pd.concat(tables, ignore_index=True)[TAU_COLUMNS]


def effective_probabilities(readings: Readings) -> pd.DataFrame:
    """Computes the effective class probability of each class, for each beta.

    Returns:
        Columns class_rank, class_name, beta, probability.
    """
    ranked = rank_classes(readings.class_counts)
    tables = [
        ranked[["class_rank", "class_name"]].assign(
            beta=beta, probability=effective_class_probability(ranked["count"], beta)
        )
        for beta in readings.reporting.betas
    ]
    return pd.concat(tables, ignore_index=True)


def _long(wide: pd.DataFrame, kind: str) -> pd.DataFrame:
    long = wide.reset_index().melt("tau", var_name="name", value_name="accuracy")
    return long.assign(kind=kind)


def _interval(table: pd.DataFrame, of: str) -> pd.DataFrame:
    """Returns the ends of the interval of a mean error."""
    low, high = interval_over_seeds(table[of], table[f"{of}_std"], table["n_seeds"])
    return pd.DataFrame({f"{of}_low": low, f"{of}_high": high}).clip(0, 1)


def _with_costs(table: pd.DataFrame, readings: Readings) -> pd.DataFrame:
    """Adds what its trainings took, the mean over the seeds; whole numbers stay so."""
    if readings.trainings.empty:  # of models that were trained elsewhere
        return table
    costs = readings.trainings.groupby("method")[COSTS].mean()
    costs = costs.astype(dict.fromkeys(COUNTED, "int64"))
    rows = []
    for name in table["method"]:
        total = costs.loc[[*trainings_of(name)]].sum()
        # A last layer that was trained anew takes the place of another.
        answering = [TRAINED[n].starts_from or n for n in METHODS[name].reads()]
        total["weights"] = costs.loc[answering, "weights"].sum()
        rows.append(total)
    return table.join(pd.DataFrame(rows, table.index).astype(costs.dtypes))


def _with_published(table: pd.DataFrame, readings: Readings) -> pd.DataFrame:
    """Adds what papers report, where their tau is the same or was chosen alike."""
    if not readings.is_for_uniform:  # which all of them are for
        return table.assign(**dict.fromkeys(PUBLISHED))
    fixed_tau = table["tau"].where(table["tau_choice"] == Choice.FIXED)
    return table.assign(published_tau=fixed_tau).merge(
        published_errors(
            readings.comparison.dataset,
            readings.class_counts["count"],
            readings.parameters.get("training", {}),
            readings.parameters["methods"],
        ),
        on=["method", "tau_choice", "published_tau"],
        how="left",
        validate="many_to_one",
    )
