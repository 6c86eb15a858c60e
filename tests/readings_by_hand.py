"""Readings of numbers that a test has worked out by hand."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from logit_adjustment_kedro.evaluation.readings import Choice, Readings
from logit_adjustment_kedro.evaluation.rows import registered
from logit_adjustment_kedro.longtail.methods import METHODS, TRAINED
from logit_adjustment_kedro.runs import View

GROUPS = {
    10: {"by": "rank", "head": 3, "tail": 8},
    100: {"by": "count", "head": 100, "tail": 20},
}
MADE_WITH = {"what": ["keras", "device"], "values": ["3.15.0", "CPU"], "differs": False}
EMPTY = {
    "sweeps": ["method", "part", "seed", "tau", "label", "accuracy"],
    "traffic": ["method", "seed", "mix", "exponent", "accuracy", "images"],
    "mistakes": ["method", "file", "label", "predicted", "confidence", "picture"],
    "curves": ["method", "images", "epoch", "mean", "low", "high"],
    "last_layers": ["method", "seed", "label", "weight_norm", "bias"],
}


def make_parameters(num_classes: int = 10, **comparison: Any) -> dict[str, Any]:
    groups = GROUPS.get(num_classes, {"by": "rank", "head": 1, "tail": num_classes})
    return {
        "recipe": "invented recipe",
        "training": {"network": "convnet", "epochs": 60},
        "methods": {name: {} for name in METHODS},
        "held_out": {"fraction": 0.1},
        "comparison": {
            "dataset": "invented",
            "groups": groups,
            "tau_max": 4.0,
            "tau_steps": 40,
            **comparison,
        },
        "reporting": {"betas": [1, 0.999, 0.99, 0]},
    }


def counts_of(*counts: int) -> pd.DataFrame:
    """Returns columns label, class_name, count."""
    names = [f"class {label}" for label in range(len(counts))]
    columns = {"label": range(len(counts)), "class_name": names, "count": counts}
    return pd.DataFrame(columns)


def answer(
    confusion: Sequence[Sequence[int]],
    method: str = "erm",
    bins: np.ndarray | None = None,
    **answers: Any,
) -> dict[str, Any]:
    """A reading for `readings_of`: seed 0, plain, fixed, and without tau, or else."""
    if bins is None:
        # As if every answer were given with a confidence of 1.
        images, right = np.sum(confusion), np.trace(confusion)
        bins = np.zeros((15, 3))
        bins[-1] = images, images, right
    defaults = {"seed": 0, "view": View.PLAIN, "choice": Choice.FIXED, "tau": np.nan}
    row = {"method": method} | defaults | answers
    return {"answer": row, "confusion": confusion, "bins": bins}


def readings_of(
    answers: Iterable[dict[str, Any]], class_counts: pd.DataFrame, **others: Any
) -> Readings:
    """Returns readings of single answers, in their order.

    Args:
        answers: see `answer`.
        class_counts: see `counts_of`.
        **others: any other attributes; else the tables are empty, but for trainings.
    """
    answers = list(answers)
    rows = pd.DataFrame([a["answer"] for a in answers])
    rows[["view", "choice"]] = rows[["view", "choice"]].astype(str)
    empty = {name: pd.DataFrame(columns=columns) for name, columns in EMPTY.items()}
    defaults = {
        "parameters": make_parameters(len(class_counts)),
        "methods": registered({*rows["method"]}),
        "trainings": _trainings(rows["seed"].unique()),
        "made_with": pd.DataFrame(MADE_WITH),
        "target": _uniform(len(class_counts)),
        **_together(answers),
        **empty,
    }
    return Readings(
        class_counts=class_counts,
        answers=rows,
        confusions=np.array([a["confusion"] for a in answers]),
        bins=np.array([a["bins"] for a in answers]),
        **(defaults | others),
    )


def _together(answers: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """What the first reading of each method would leave, were it the only seed."""
    firsts = {}
    for given in answers:
        firsts.setdefault(given["answer"]["method"], np.array(given["confusion"]))
    hits, ensembles, calibration = [], [], []
    for method, confusion in firsts.items():
        for label, row in enumerate(confusion):
            of_class = {"method": method, "label": label}
            for right, images in enumerate([row.sum() - row[label], row[label]]):
                hit = {"right": right, "wins": 0, "images": images}
                hits += [of_class | hit] if images else []
            accuracy = row[label] / row.sum() if row.sum() else np.nan
            ensembles.append(of_class | {"seeds": 1, "accuracy": accuracy})
        figures = {"error": 0.1, "by_chance": 0.01, "scaled_error": np.nan}
        keys = {"method": method, "seed": 0, "mix": "target", "temperature": np.nan}
        calibration.append(keys | figures)
    tables = {"hits": hits, "ensembles": ensembles, "calibration": calibration}
    return {name: pd.DataFrame(rows) for name, rows in tables.items()}


def _uniform(num_classes: int) -> pd.DataFrame:
    columns = {"label": range(num_classes), "share": 1 / num_classes}
    return pd.DataFrame(columns).assign(standard_error=np.nan)


def _trainings(seeds: Iterable[int]) -> pd.DataFrame:
    """What the trainings of every method took."""
    took = {"epochs": 2, "samples_seen": 200, "weights": 30, "training_seconds": 1.5}
    rows = [{"method": name, "seed": seed} for name in TRAINED for seed in seeds]
    return pd.DataFrame(rows).assign(tau=np.nan, **took, setup="0123abcd")
