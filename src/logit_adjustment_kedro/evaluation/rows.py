"""What the tables of `Readings` say of one run."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from ..longtail.methods import METHODS, TABLE_1, TrainedMethod
from ..runs import Part, Run
from .predictions import Predictions
from .target import Target


def registered(names: Collection[str]) -> pd.DataFrame:
    """Returns the rows of `Readings.methods` of methods of the registry."""
    rows = [
        {
            "method": name,
            "title": method.title,
            "adjusts": getattr(method, "trained", None),
            "in_table_1": name in TABLE_1,
        }
        for name, method in METHODS.items()
        if name in names
    ]
    return pd.DataFrame(rows).astype({"adjusts": object})


def of_models(predictions: Predictions) -> pd.DataFrame:
    """Returns the rows of `Readings.methods` of models from elsewhere."""
    rows = []
    for model in {model.name: model for model in predictions.models}.values():
        own = {"method": model.name, "title": model.name, "adjusts": None}
        rows.append(own)
        if model.adjusted_name:
            named = {"method": model.adjusted_name, "title": model.adjusted_title}
            rows.append(named | {"adjusts": model.name})
    return pd.DataFrame(rows).astype({"adjusts": object}).assign(in_table_1=True)


def sweep_rows(
    method: str, part: Part, seed: int, taus: np.ndarray, accuracies: np.ndarray
) -> pd.DataFrame:
    """Returns the rows of `Readings.sweeps`, one a tau and class.

    Args:
        method: the name of the post-hoc method.
        part: the images that it was measured on.
        seed: that of the run.
        taus: `[T]`.
        accuracies: `[T, L]`, on each class.
    """
    num_classes = accuracies.shape[1]
    return pd.DataFrame(
        {
            "method": method,
            "part": part.value,
            "seed": seed,
            "tau": np.repeat(taus, num_classes),
            "label": np.tile(np.arange(num_classes), len(taus)),
            "accuracy": accuracies.ravel(),
        }
    )


def target_rows(target: Target) -> pd.DataFrame:
    """Returns `Readings.target`, a row a class."""
    return pd.DataFrame(
        {
            "label": range(len(target.shares)),
            "share": target.shares,
            "standard_error": target.standard_errors,
        }
    )


def last_layer_rows(run: Run) -> pd.DataFrame:
    """Returns the rows of `Readings.last_layers`, one a class."""
    return pd.DataFrame(
        {
            "method": run.setup.method,
            "seed": run.seed,
            "label": range(len(run.last_layer.bias)),
            "weight_norm": run.last_layer.weight_norm,
            "bias": run.last_layer.bias,
        }
    )


def training_row(run: Run, method: TrainedMethod) -> dict[str, Any]:
    """Returns the row of `Readings.trainings`.

    Args:
        run: what was trained.
        method: what it was trained with.
    """
    return {
        "method": method.name,
        "seed": run.seed,
        "tau": method.strength,
        "epochs": len(run.epochs),
        "samples_seen": run.samples_seen,
        "weights": run.weights,
        "training_seconds": run.epochs["seconds"].sum(),
        "setup": run.setup.digest,
    }
