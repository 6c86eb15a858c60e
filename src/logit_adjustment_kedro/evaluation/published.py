"""The figures that papers report, as they stand in `published_results.csv`."""

from importlib.resources import files

import numpy as np
import pandas as pd

from ..longtail import exponential_profile

# What the figures of a dataset were measured on: n_max, number of classes, ratio.
PROFILES = {"cifar10_lt": (5000, 10, 100), "cifar100_lt": (500, 100, 100)}


def published_errors(dataset: str, class_counts: pd.Series) -> pd.DataFrame:
    """Returns the balanced errors that are published for a dataset.

    Args:
        dataset: its name, such as `cifar10_lt`; none are published for a name that is
            not in the file.
        class_counts: `[L]`, the training images of each class, in any order; beside
            other counts than those of the published figures, none stands.

    Returns:
        Columns method (its name in the registry), tau_choice (of `Choice`),
        published_tau (NaN where the method has none, or where it was chosen),
        published_balanced_error (a fraction), published_source.
    """
    with (files(__package__) / "published_results.csv").open(encoding="utf-8") as file:
        published = pd.read_csv(file)
    counts = -np.sort(-class_counts.to_numpy())
    profile = PROFILES.get(dataset)
    alike = profile and np.array_equal(counts, exponential_profile(*profile))
    of_dataset = published[(published["dataset"] == dataset) & bool(alike)]
    return pd.DataFrame(
        {
            "method": of_dataset["method"],
            "tau_choice": of_dataset["choice"],
            "published_tau": of_dataset["tau"],
            "published_balanced_error": of_dataset["balanced_error"] / 100,
            "published_source": of_dataset["source"],
        }
    )
