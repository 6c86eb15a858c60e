"""The report as one HTML file that opens without a network."""

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel

from ... import __version__
from ...longtail.methods import METHODS
from ...longtail.metrics import CALIBRATION_BINS
from .results import HELD_OUT, ORACLE

PACKAGES = (
    "kedro",
    "keras",
    "tensorflow",
    "jax",
    "numpy",
    "pandas",
    "altair",
)
NOT_SHOWN = ("recipes", "recipe", "dataset", "records_url")  # of the parameters


def render(
    method_table: pd.DataFrame,
    class_counts: pd.DataFrame,
    synthetic_table: pd.DataFrame,
    parameters: dict[str, Any],
    charts: dict[str, Any],
) -> str:
    """Returns the page.

    Args:
        method_table: see `tables.method_table`.
        class_counts: columns label, class_name, count.
        synthetic_table: that of the two Gaussians; columns method, tau,
            balanced_error and others.
        parameters: all of the run's.
        charts: by name, Altair's.
    """
    import vl_convert

    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = _percent
    return environment.get_template("report.html.jinja").render(
        dataset=parameters["comparison"].dataset,
        recipe=parameters["recipe"],
        groups=parameters["comparison"].groups,
        class_counts=class_counts,
        methods=_rows(method_table),
        mirrored="mirrored_accuracy" in method_table,
        published=method_table["published_source"].notna().any(),
        short_of_oracle=_short_of_oracle(method_table),
        bins=CALIBRATION_BINS,
        gaussians=_at_tau_1(synthetic_table),
        parameters=yaml.safe_dump(_plain(parameters), sort_keys=False),
        versions={"logit_adjustment_kedro": __version__, **_versions()},
        charts={name: chart.to_dict() for name, chart in charts.items()},
        vega=vl_convert.javascript_bundle(),
    )


def _percent(value: float, digits: int = 1) -> str:
    return "–" if pd.isna(value) else f"{100 * value:.{digits}f}"


def _rows(method_table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = method_table.to_dict("records")
    for row in rows:
        row["title"] = METHODS[row["method"]].title
        row["is_oracle"] = row["tau_choice"] == ORACLE
        row["is_held_out"] = row["tau_choice"] == HELD_OUT
    return rows


def _short_of_oracle(method_table: pd.DataFrame) -> list[dict[str, Any]]:
    """Returns the balanced errors of each way of choosing tau, by method."""
    wide = method_table.pivot(
        index="method", columns="tau_choice", values="balanced_error"
    )
    if not {HELD_OUT, ORACLE} <= set(wide):
        return []
    wide = wide.dropna(subset=[HELD_OUT, ORACLE])
    return [
        {"title": METHODS[name].title, "gap": row[HELD_OUT] - row[ORACLE]}
        for name, row in wide.iterrows()
    ]


def _at_tau_1(synthetic_table: pd.DataFrame) -> list[dict[str, Any]]:
    tau_1 = synthetic_table["tau"].round(6) == 1
    shown = synthetic_table[tau_1 | (synthetic_table["method"] == "erm")]
    rows = shown.drop_duplicates("method").to_dict("records")
    return [row | {"title": METHODS[row["method"]].title} for row in rows]


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.model_dump() if isinstance(value, BaseModel) else value
        for name, value in parameters.items()
        if name not in NOT_SHOWN
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
