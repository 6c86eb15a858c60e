"""The report as one HTML file that opens without a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from ..longtail.methods import METHODS
from ..longtail.metrics import CALIBRATION_BINS
from .readings import Choice, Readings
from .templates import template
from .traffic import MIXES, NOTHING, traffic_table

CHOSEN = (Choice.VALIDATION, Choice.HELD_OUT)  # without the test set
SECTIONS = ("tau", "traffic", "classes", "confidence", "training", "gaussians")


@dataclass(frozen=True)
class Figure:
    """A chart that has a place on the page.

    Attributes:
        name: the id of its element.
        caption: what it shows, in words, for those who cannot see it.
        section: of `SECTIONS`, the one that it stands in.
        specification: that of Vega-Lite.
    """

    name: str
    caption: str
    section: str
    specification: dict[str, Any]

    def __post_init__(self):
        """Refuses a section that the page does not have.

        Raises:
            ValueError: it is none of `SECTIONS`.
        """
        if self.section not in SECTIONS:
            raise ValueError(
                f"Expected a section of {', '.join(SECTIONS)} for {self.name}. "
                f"Received: {self.section}"
            )


def render(
    readings: Readings,
    method_table: pd.DataFrame,
    synthetic_table: pd.DataFrame | None,
    figures: Sequence[Figure],
) -> str:
    """Returns the page.

    Args:
        readings: what the tables and figures were made of.
        method_table: see `tables.method_table`.
        synthetic_table: that of the two Gaussians; columns method, tau,
            balanced_error and others. None leaves the section out.
        figures: those of a section stand in it in this order.
    """
    import vl_convert

    parameters, made_with = readings.parameters, readings.made_with
    return template("report.html.jinja").render(
        dataset=readings.comparison.dataset,
        recipe=parameters.get("recipe"),
        groups=readings.comparison.groups,
        class_counts=readings.class_counts,
        test_counts=readings.test_counts,
        is_balanced=readings.is_balanced,
        untested=readings.untested,
        methods=_rows(method_table, readings),
        mirrored="mirrored_accuracy" in method_table,
        published=method_table["published_source"].notna().any(),
        short_of_oracle=_short_of_oracle(method_table, readings),
        mixes=MIXES,
        traffic=_traffic(readings),
        nothing=NOTHING,
        seeds=sorted({*method_table["n_seeds"]}),
        bins=CALIBRATION_BINS,
        gaussians=None if synthetic_table is None else _at_tau_1(synthetic_table),
        parameters=yaml.safe_dump(parameters, sort_keys=False),
        made_alike=made_with[~made_with["differs"]].to_dict("records"),
        made_differently=made_with[made_with["differs"]].to_dict("records"),
        figures={s: [f for f in figures if f.section == s] for s in SECTIONS},
        specifications={figure.name: figure.specification for figure in figures},
        vega=vl_convert.javascript_bundle(),
    )


def _rows(method_table: pd.DataFrame, readings: Readings) -> list[dict[str, Any]]:
    rows = method_table.to_dict("records")
    for row in rows:
        row["title"] = readings.titles[row["method"]]
        row["is_oracle"] = row["tau_choice"] == Choice.ORACLE
        row["is_chosen"] = row["tau_choice"] in CHOSEN
    return rows


def _short_of_oracle(
    method_table: pd.DataFrame, readings: Readings
) -> list[dict[str, Any]]:
    """Returns what a tau chosen without the test set costs in balanced error."""
    wide = method_table.pivot(
        index="method", columns="tau_choice", values="balanced_error"
    )
    return [
        {"title": readings.titles[name], "choice": choice, "gap": gap}
        for choice in CHOSEN
        if choice in wide
        for name, gap in (wide[choice] - wide[Choice.ORACLE]).dropna().items()
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
    return [row | {"title": METHODS[row["method"]].title} for row in rows]
