"""The charts of invented readings, and the rows that they draw."""

from functools import cache
from typing import Any

import pandas as pd

from invented import make_readings
from logit_adjustment_kedro.charts import CHARTS, draw
from logit_adjustment_kedro.evaluation.by_class import class_table
from logit_adjustment_kedro.evaluation.gains import gain_table
from logit_adjustment_kedro.evaluation.page_rows import Tables
from logit_adjustment_kedro.evaluation.readings import Readings
from logit_adjustment_kedro.evaluation.synthetic import (
    Synthetic,
    synthetic_table,
    synthetic_trials,
)
from logit_adjustment_kedro.evaluation.tables import (
    effective_probabilities,
    method_table,
    tau_table,
)
from logit_adjustment_kedro.longtail.methods import METHODS, POSTHOC, TRAINED

TITLES = {name: method.title for name, method in METHODS.items()}
PANELS = {
    "class_accuracy": METHODS,
    "confusion": METHODS,
    "reliability": METHODS,
    "weight_norm": TRAINED,
    "training_curves": [name for name in TRAINED if name != "crt"],
    "tau": POSTHOC,
}
SEEDS = 3
SYNTHETIC = Synthetic(
    trials=4,
    train_points=10_000,
    test_points=10_000,
    positive_share=0.05,
    max_tau=2.0,
    tau_steps=4,
    seed=0,
)


@cache
def invented(num_classes: int, seeds: int = SEEDS, held_out: bool = True) -> Readings:
    return make_readings(num_classes, seeds, held_out)


def tables_of(readings: Readings, gaussians: pd.DataFrame | None = None) -> Tables:
    """Those of the page."""
    of_all = method_table, gain_table, class_table
    return Tables(*(table(readings) for table in of_all), gaussians)


@cache
def gaussians_table() -> pd.DataFrame:
    return synthetic_table(synthetic_trials(SYNTHETIC))


@cache
def drawn(name: str, num_classes: int, seeds: int = SEEDS, held_out: bool = True):
    """The chart of a row of the registry, of invented readings."""
    inputs = {
        "readings": lambda: invented(num_classes, seeds, held_out),
        "tau_table": lambda: tau_table(invented(num_classes, seeds, held_out)),
        "effective_probabilities": lambda: effective_probabilities(
            invented(num_classes, seeds, held_out)
        ),
        "synthetic_table": gaussians_table,
        "params:synthetic": lambda: SYNTHETIC,
    }
    return draw(name, *(inputs[of]() for of in CHARTS[name].inputs))


def all_rows(chart: Any) -> list[dict[str, Any]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def panel_rows(chart: Any) -> pd.DataFrame:
    """The rows that are divided among the panels."""
    spec = chart.to_dict()
    return pd.DataFrame(spec["datasets"][spec["data"]["name"]])


def rows_of(chart: Any, method: str) -> pd.DataFrame:
    """The rows of the panel of a method."""
    rows = panel_rows(chart)
    rows = rows[rows["method"] == TITLES[method]]
    return rows.drop(columns="method").reset_index(drop=True)
