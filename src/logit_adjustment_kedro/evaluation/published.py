"""The figures that papers report, as they stand in `published_results.csv`."""

from importlib.resources import files

import pandas as pd


def published_errors(dataset: str) -> pd.DataFrame:
    """Returns the balanced errors that are published for a dataset.

    Args:
        dataset: its name, such as `cifar10_lt`; none are published for a name that is
            not in the file.

    Returns:
        Columns method (its name in the registry), tau_choice (of `Choice`),
        published_tau (NaN where the method has none, or where it was chosen),
        published_balanced_error (a fraction), published_source.
    """
    with (files(__package__) / "published_results.csv").open(encoding="utf-8") as file:
        published = pd.read_csv(file)
    of_dataset = published[published["dataset"] == dataset]
    return pd.DataFrame(
        {
            "method": of_dataset["method"],
            "tau_choice": of_dataset["choice"],
            "published_tau": of_dataset["tau"],
            "published_balanced_error": of_dataset["balanced_error"] / 100,
            "published_source": of_dataset["source"],
        }
    )
