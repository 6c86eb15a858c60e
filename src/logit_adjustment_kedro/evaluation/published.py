"""The figures that papers report, as they stand in `published_results.csv`."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from ..longtail.profiles import exponential_profile, step_profile

# What the figures of a dataset were measured on: n_max, number of classes, ratio.
SIZES = {"cifar10_lt": (5000, 10, 100), "cifar100_lt": (500, 100, 100)}
PROFILES = {"exp": exponential_profile, "step": step_profile}


def published_errors(
    dataset: str,
    class_counts: pd.Series,
    training: Mapping[str, Any],
    methods: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    """Returns the balanced errors that are published for such trainings.

    A figure is one of a network with a linear head (or the one that a method brings),
    its epochs, a profile of the classes and a method's parameters. Where one of these
    is another, none stands, rather than a near one. The rest of the recipe, such as the
    decay and the steps of the rate, is not compared: papers differ there too.

    Args:
        dataset: its name, such as `cifar10_lt`; none are published for a name that is
            not in the file.
        class_counts: `[L]`, the training images of each class, in any order.
        training: the recipe, as `Recipe.asked` tells it; of nothing known is anything
            published.
        methods: the parameters of each method, by its name.

    Returns:
        Columns method (its name in the registry), tau_choice (of `Choice`),
        published_tau (NaN where the method has none, or where it was chosen),
        published_balanced_error (a fraction), published_source.
    """
    with (files(__package__) / "published_results.csv").open(encoding="utf-8") as file:
        published = pd.read_csv(file).fillna({"parameters": ""})
    alike = (
        (published["dataset"] == dataset)
        & (published["profile"] == _profile(dataset, class_counts))
        & (published["network"] == training.get("network"))
        & (published["epochs"] == training.get("epochs"))
        & (training.get("head", "linear") == "linear")
    )
    found = published[alike]
    has = [
        _parsed(row.parameters).items() <= methods.get(row.method, {}).items()
        for row in found.itertuples()
    ]
    found = found[np.array(has, bool)]
    return pd.DataFrame(
        {
            "method": found["method"],
            "tau_choice": found["choice"],
            "published_tau": found["tau"],
            "published_balanced_error": found["balanced_error"] / 100,
            "published_source": found["source"],
        }
    )


def _profile(dataset: str, class_counts: pd.Series) -> str | None:
    """Returns the name of the profile that a dataset was made long-tailed by."""
    counts = -np.sort(-class_counts.to_numpy())
    for name, profile in PROFILES.items():
        size = SIZES.get(dataset)
        if size and np.array_equal(counts, profile(*size)):
            return name
    return None


def _parsed(parameters: str) -> dict[str, bool | float]:
    """Returns parameters by their names, given such as `deferred=true scale=30`."""
    pairs = (pair.partition("=") for pair in parameters.split())
    return {name: json.loads(value) for name, _, value in pairs}
