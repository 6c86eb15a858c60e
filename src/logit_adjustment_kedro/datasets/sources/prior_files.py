"""The tables of classes and priors that stand beside somebody's predictions."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import InputError
from ...longtail.priors import class_prior, class_shares
from ..errors import DataError
from .addresses import listed
from .containers import reading

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


def share_files(folder: Path) -> set[str]:
    """Returns the names of the files of shares that `models.csv` speaks of."""
    if not (folder / MODELS).is_file():
        return set()
    return {*_read_csv(folder / MODELS, ("model", "prior"))["prior"]}


def read_shares(file: Path, class_names: list[str]) -> np.ndarray:
    """Reads a CSV file of shares, columns class_name and share, by the classes' names.

    Returns:
        `[L] float64`, in the order of the classes.

    Raises:
        DataError: it cannot be read, has other classes, or no shares.
    """
    table = _read_csv(file, ("class_name", "share"))
    given = table["class_name"].tolist()
    if sorted(given) != sorted(class_names):
        odd = sorted({*given} ^ {*class_names}) or [
            n for n in given if given.count(n) > 1
        ]
        raise DataError(
            f"{file}: expected a share for each class of {COUNTS}, once. "
            f"Received otherwise: {listed(odd)}"
        )
    shares = pd.to_numeric(table.set_index("class_name")["share"], errors="coerce")
    try:
        shares = class_shares(shares[class_names].to_numpy(), len(class_names), "share")
    except InputError as fault:
        raise DataError(f"{file}: {fault}") from fault
    if not shares.all():
        raise DataError(f"{file}: expected a share above 0 for each class")
    return shares


def read_priors(
    folder: Path,
    models: Collection[str],
    class_names: list[str],
    class_counts: np.ndarray,
) -> dict[str, np.ndarray]:
    """Reads `models.csv`, if it is there: which mix the logits of a model are for.

    Args:
        folder: where it is.
        models: the names of those that there are.
        class_names: `L` names.
        class_counts: `[L]`.

    Returns:
        The prior of each model, `[L]`; of one that is not listed, that of the training
        images.

    Raises:
        DataError: it cannot be read, lists a model that is not there or twice, or a
            prior is none.
    """
    train = class_prior(class_counts)
    priors = dict.fromkeys(models, train)
    if not (folder / MODELS).is_file():
        return priors
    table = _read_csv(folder / MODELS, ("model", "prior"))
    listed_models = table["model"].tolist()
    for name in listed_models:
        if name not in priors or listed_models.count(name) > 1:
            raise DataError(
                f"{folder / MODELS}: expected each model once, of {listed([*models])}. "
                f"Received: {name!r}"
            )
    for name, prior in zip(listed_models, table["prior"], strict=True):
        if prior == "uniform":
            priors[name] = np.full(len(train), 1 / len(train))
        elif prior.endswith(".csv"):
            priors[name] = read_shares(folder / prior, class_names)
        elif prior != "train":
            raise DataError(
                f"{folder / MODELS}: expected the prior of {name} to be train, "
                f"uniform, or a CSV file. Received: {prior!r}"
            )
    return priors


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
    """Reads a table of texts."""
    if not file.is_file():
        raise DataError(f"There is no {file.name} in {file.parent}.")
    with reading(file):
        table = pd.read_csv(file, dtype=str, keep_default_na=False, index_col=False)
        table = table.rename(columns=str.strip).apply(lambda column: column.str.strip())
    if table.empty or not {*columns} <= {*table}:
        raise DataError(
            f"{file}: expected rows with the columns {' and '.join(columns)}. "
            f"Received: {len(table)} rows, {listed([*map(str, table)])}"
        )
    return table
