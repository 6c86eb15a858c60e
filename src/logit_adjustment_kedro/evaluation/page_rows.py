"""The tables of the page, as rows of what its template writes."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import InputError
from ..longtail.methods import METHODS
from ..longtail.mixes import images_in_mix, mean_in_mix
from .by_class import confused_classes, most_lost, moved_classes
from .gains import GAINS, LOSES, NOISE, ONE_SEED, UNKNOWN
from .readings import Choice, Readings
from .synthetic import RULE_TITLES
from .traffic import traffic_table

CHOSEN = (Choice.VALIDATION, Choice.HELD_OUT)  # without the test set
CHOSEN_TAU = {
    Choice.FIXED: "",
    Choice.VALIDATION: "validation τ",
    Choice.HELD_OUT: "held-out τ",
    Choice.ORACLE: "oracle τ for all seeds",
    Choice.ORACLE_PER_SEED: "oracle τ per seed",
}
VERDICTS = {
    GAINS: "which is more than noise",
    LOSES: "which is more than noise",
    NOISE: "which noise explains too",
    ONE_SEED: "which one seed cannot tell from noise",
    UNKNOWN: "of which it is not known whether it is noise",
}


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables that have a place on the page.

    Attributes:
        methods: see `tables.method_table`.
        gains: see `gains.gain_table`.
        classes: see `by_class.class_table`.
        gaussians: that of the two Gaussians; columns method, tau, balanced_error and
            others. None leaves the section out.
    """

    methods: pd.DataFrame
    gains: pd.DataFrame
    classes: pd.DataFrame
    gaussians: pd.DataFrame | None = None


def rows_of(readings: Readings, tables: Tables) -> dict[str, Any]:
    """Returns the rows of each table, by the names that the template knows them by."""
    calibration, shares = _calibration(readings), readings.target_shares
    methods, gains = _methods(tables.methods, readings), _titled(tables.gains, readings)
    return {
        "summary": _summary(methods, gains, tables.classes, readings),
        "explanations": {
            title: METHODS[method].summary
            for method, title in readings.titles.items()
            if method in METHODS
        },
        "methods": methods,
        "target": _target(readings),
        "images_in_target": images_in_mix(readings.test_counts, shares),
        "unmeasured": shares[readings.test_counts == 0].sum(),
        "gains": gains,
        "ensembles": _ensembles(readings),
        "moved": _by_method(moved_classes(tables.classes, readings), readings),
        "confused": _by_method(confused_classes(readings), readings),
        "classes": _classes(tables.classes, readings),
        "calibration": calibration,
        "cooled": any(row["mixes"]["target"]["is_cooled"] for row in calibration),
        "mistakes": _by_method(_mistakes(readings), readings),
        "shown_first": readings.titles[readings.table_1[-1]],
        "short_of_oracle": _short_of_oracle(tables.methods, readings),
        "traffic": _traffic(readings),
        "gaussians": None if tables.gaussians is None else _at_tau_1(tables.gaussians),
    }


def _methods(method_table: pd.DataFrame, readings: Readings) -> list[dict[str, Any]]:
    rows = method_table.to_dict("records")
    for row in rows:
        row["title"] = readings.titles[row["method"]]
        row["is_oracle"] = Choice(row["tau_choice"]).is_oracle
        row["chosen"] = CHOSEN_TAU[row["tau_choice"]]
    return rows


def _summary(
    methods: list[dict[str, Any]],
    gains: list[dict[str, Any]],
    class_table: pd.DataFrame,
    readings: Readings,
) -> list[dict[str, Any]]:
    """Returns a row a method of Table 1, with what its gain means and whom it costs."""
    fixed = {row["method"]: row for row in methods if row["tau_choice"] == Choice.FIXED}
    rows = [fixed[row["method"]] | row for row in gains]
    lost = most_lost(class_table, readings)
    for row in rows:
        row["most_lost"] = lost.get(row["method"])
        row["over"] = readings.titles.get(row["compared_with"])
        row["meaning"] = VERDICTS.get(row.get("verdict"))
    return [row for row in rows if row["method"] in readings.table_1]


def _titled(table: pd.DataFrame, readings: Readings) -> list[dict[str, Any]]:
    titles = readings.titles
    return [row | {"title": titles[row["method"]]} for row in table.to_dict("records")]


def _by_method(table: pd.DataFrame, readings: Readings) -> dict[str, list[dict]]:
    """Returns the rows of each method, by its title."""
    return {
        readings.titles[method]: rows.to_dict("records")
        for method, rows in table.groupby("method", sort=False)
    }


def _target(readings: Readings) -> list[dict[str, Any]] | None:
    """Returns the mix that is predicted, a row a class; None where it is uniform."""
    if readings.is_for_uniform:
        return None
    names = readings.class_counts["class_name"]
    return readings.target.assign(class_name=names).to_dict("records")


def _ensembles(readings: Readings) -> dict[str, float]:
    """Returns the accuracy of each method's seeds together, in the mix predicted."""
    several = readings.ensembles[readings.ensembles["seeds"] > 1]
    return {
        method: float(mean_in_mix(of["accuracy"].to_numpy(), readings.target_shares))
        for method, of in several.groupby("method", sort=False)
    }


def _classes(class_table: pd.DataFrame, readings: Readings) -> list[dict[str, Any]]:
    """Returns a row a class, with the scores of the methods of Table 1."""
    shown = class_table[class_table["method"].isin(readings.table_1)]
    keys = ["class_name", "count", "test_count"]
    return [
        dict(zip(keys, key, strict=True)) | {"scores": _titled(scores, readings)}
        for key, scores in shown.groupby(keys, sort=False)
    ]


def _calibration(readings: Readings) -> list[dict[str, Any]]:
    """Returns a row a method: the means over the seeds, in each mix."""
    by_mix = readings.calibration.groupby(["method", "mix"])
    means = by_mix.mean(numeric_only=True)
    # Of all seeds, or not at all: beside them stand means of all.
    of_all = by_mix["temperature"].count() == by_mix.size()
    scaled = ["temperature", "scaled_error"]
    means[scaled] = means[scaled].where(of_all)
    means["is_cooled"] = means["temperature"].notna()
    rows = []
    for method, title in readings.titles.items():
        mixes = means.loc[method].to_dict("index")
        rows.append({"title": title, "mixes": mixes})
    return rows


def _mistakes(readings: Readings) -> pd.DataFrame:
    names = readings.class_counts["class_name"]
    mistakes = readings.mistakes
    return mistakes.assign(
        class_name=mistakes["label"].map(names),
        taken_for=mistakes["predicted"].map(names),
    )


def _short_of_oracle(
    method_table: pd.DataFrame, readings: Readings
) -> list[dict[str, Any]]:
    """Returns what a tau chosen without the test set costs in balanced error.

    It is chosen for each seed, and compared with the best for each.
    """
    error = "balanced_error" if readings.is_for_uniform else "target_error"
    wide = method_table.pivot(index="method", columns="tau_choice", values=error)
    bound = wide.get(Choice.ORACLE_PER_SEED, wide.get(Choice.ORACLE))
    return [
        {"title": readings.titles[name], "choice": choice, "gap": gap}
        for choice in CHOSEN
        if choice in wide
        for name, gap in (wide[choice] - bound).dropna().items()
    ]


def _traffic(readings: Readings) -> list[dict[str, Any]]:
    """Returns a row a method, with its accuracy and its gain in each named mix."""
    named = traffic_table(readings).dropna(subset="mix")
    return [
        {
            "title": readings.titles[method],
            "mixes": rows.set_index("mix")[["accuracy", "gain"]].to_dict("index"),
        }
        for method, rows in named.groupby("method", sort=False)
    ]


def _at_tau_1(synthetic_table: pd.DataFrame) -> list[dict[str, Any]]:
    tau_1 = synthetic_table["tau"].round(6) == 1
    shown = synthetic_table[tau_1 | (synthetic_table["method"] == "erm")]
    rows = shown.drop_duplicates("method").to_dict("records")
    if unknown := {row["method"] for row in rows} - RULE_TITLES.keys():
        raise InputError(
            "Expected the two Gaussians as they are drawn here. Received: rules of "
            f"another version, {', '.join(sorted(unknown))}. Draw them again: "
            "kedro run --pipelines=synthetic."
        )
    return [row | {"title": RULE_TITLES[row["method"]]} for row in rows]
