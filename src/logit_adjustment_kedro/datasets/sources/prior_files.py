"""The tables of classes and priors that stand beside somebody's predictions."""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ...evaluation.shares import read_shares, read_texts
from ...longtail.priors import class_prior
from ..errors import DataError, known_to_kedro
from .addresses import listed

COUNTS, MODELS = "counts.csv", "models.csv"
MOST = 2**53  # training images of a class; of more, float64 has not all numbers


def read_counts(folder: Path) -> tuple[list[str], np.ndarray]:
    """Reads `counts.csv`: the names of the classes and their training images.

    They are in the order of the logits, or have a column `label`.

    Raises:
        DataError: it cannot be read, or has no whole number of images a class.
    """
    table = _in_label_order(_read_csv(folder / COUNTS, ("class_name", "count")), folder)
    counts = pd.to_numeric(table["count"], errors="coerce")
    whole = (counts % 1 == 0) & counts.between(1, MOST)
    if not whole.all():
        wrong = table[~whole].iloc[0]
        raise DataError(
            f"{folder / COUNTS}: expected a whole number of training images of each "
            f"class. Received: {wrong['count']!r} of {wrong['class_name']!r}"
        )
    return table["class_name"].tolist(), counts.to_numpy().astype(np.int64)


def read_models(folder: Path) -> dict[str, str]:
    """Reads `models.csv`, if it is there: what it says of the prior of each model.

    Raises:
        DataError: it cannot be read, or lists a model twice.
    """
    file = folder / MODELS
    if not file.is_file():
        return {}
    table = _read_csv(file, ("model", "prior"))
    if (twice := table["model"].duplicated()).any():
        raise DataError(
            f"{file}: expected each model once. "
            f"Received: {table['model'][twice].iloc[0]!r}"
        )
    return dict(zip(table["model"], table["prior"], strict=True))


def read_priors(
    folder: Path,
    told: Mapping[str, str],
    models: Collection[str],
    class_names: list[str],
    class_counts: np.ndarray,
) -> dict[str, np.ndarray]:
    """Returns which mix the logits of each model are for.

    Args:
        folder: where files of shares are.
        told: what `models.csv` says; see `read_models`.
        models: the names of those that there are.
        class_names: `L` names.
        class_counts: `[L]`.

    Returns:
        The prior of each model, `[L]`; of one that nothing is told of, that of the
        training images.

    Raises:
        DataError: a model is not there, or a prior is none.
    """
    train = class_prior(class_counts)
    priors = dict.fromkeys(models, train)
    for name, prior in told.items():
        if name not in priors:
            raise DataError(
                f"{folder / MODELS}: expected names of {listed([*models])}. "
                f"Received: {name!r}"
            )
        if prior == "uniform":
            priors[name] = np.full(len(train), 1 / len(train))
        elif prior.endswith(".csv"):
            priors[name] = _read_prior(folder / prior, class_names)
        elif prior != "train":
            raise DataError(
                f"{folder / MODELS}: expected the prior of {name} to be train, "
                f"uniform, or a CSV file. Received: {prior!r}"
            )
    return priors


def _read_prior(file: Path, class_names: list[str]) -> np.ndarray:
    """Reads a CSV file of shares, none of them 0; see `read_shares`.

    Returns:
        `[L] float64`, in the order of the classes.

    Raises:
        DataError: it cannot be read, has other classes, or no shares.
    """
    with known_to_kedro():
        shares = read_shares(file, class_names)
    if not shares.all():
        raise DataError(f"{file}: expected a share above 0 for each class")
    return shares


def _in_label_order(table: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Sorts the classes by their labels, if the table tells those."""
    if "label" not in table:
        return table
    labels = pd.to_numeric(table["label"], errors="coerce")
    if sorted(labels) != [*range(len(table))]:
        raise DataError(
            f"{folder / COUNTS}: expected labels from 0 to {len(table) - 1}. "
            f"Received: {listed(table['label'].tolist())}"
        )
    return table.iloc[np.argsort(labels.to_numpy())].reset_index(drop=True)


def _read_csv(file: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Reads a table of texts; see `read_texts`."""
    with known_to_kedro():
        return read_texts(file, columns)
