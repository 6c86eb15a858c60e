"""The files of predictions that somebody's own code wrote."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import InputError
from ...longtail.priors import class_prior, class_shares
from ..errors import DataError
from .addresses import listed
from .containers import reading

COUNTS, MODELS = "counts.csv", "models.csv"
KINDS = (".csv", ".npz", ".parquet")
NAME = re.compile(
    r"(?P<part>test|validation)"
    r"(_(?P<model>(?!seed_\d+$).+?))?"
    r"(_seed_(?P<seed>\d+))?"
)
LABEL, LOGIT, PROBABILITY = "label", "logit", "probability"
IN_ARRAYS = {LABEL: "labels", LOGIT: "logits", PROBABILITY: "probabilities"}
SMALLEST = np.finfo(np.float32).tiny  # a probability of 0 has no logarithm


def read_counts(folder: Path) -> tuple[list[str], np.ndarray]:
    """Reads `counts.csv`: the names of the classes and their training images.

    Raises:
        DataError: it cannot be read, or has no whole number of images a class.
    """
    table = _read_csv(folder / COUNTS, ("class_name", "count"))
    counts = pd.to_numeric(table["count"], errors="coerce")
    whole = counts.notna() & (counts % 1 == 0) & (counts > 0)
    if not whole.all():
        wrong = table[~whole].iloc[0]
        raise DataError(
            f"{folder / COUNTS}: expected a whole number of training images of each "
            f"class. Received: {wrong['count']!r} of {wrong['class_name']!r}"
        )
    return table["class_name"].tolist(), counts.to_numpy().astype(np.int64)


def read_shares(file: Path, class_names: list[str], name: str) -> np.ndarray:
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
        return class_shares(shares[class_names].to_numpy(), len(class_names), name)
    except InputError as fault:
        raise DataError(f"{file}: {fault}") from fault


def read_priors(
    folder: Path, class_names: list[str], class_counts: np.ndarray
) -> Callable[[str], np.ndarray]:
    """Reads `models.csv`: which prior the logits of each model are for.

    Returns:
        The prior of a model, by its name; of one that is not listed, that of the
        training images.

    Raises:
        DataError: it cannot be read, or a prior is none.
    """
    train = class_prior(class_counts)
    priors = {}
    if (folder / MODELS).is_file():
        for row in _read_csv(folder / MODELS, ("model", "prior")).itertuples():
            match row.prior:
                case "train":
                    priors[row.model] = train
                case "uniform":
                    priors[row.model] = np.full(len(train), 1 / len(train))
                case file if file.endswith(".csv"):
                    shares = read_shares(folder / file, class_names, "prior")
                    priors[row.model] = shares
                case other:
                    raise DataError(
                        f"{folder / MODELS}: expected the prior of {row.model} to be "
                        f"train, uniform, or a CSV file. Received: {other!r}"
                    )
    return lambda model: priors.get(model, train)


def read_predictions(file: Path, num_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Reads logits, or probabilities, whose logarithms are taken.

    Args:
        file: a table with columns `label` and `logit_0` to `logit_<L-1>`, or
            `probability_0` and so on; or an `.npz` file with `labels` and `logits`, or
            `probabilities`.
        num_classes: `L`.

    Returns:
        Logits, `[N, L] float32`, and labels, `[N]`.

    Raises:
        DataError: it cannot be read, or has not these.
    """
    with reading(file):
        arrays = (_arrays if file.suffix == ".npz" else _columns)(file, num_classes)
    labels, logits, probabilities = (arrays[name] for name in IN_ARRAYS)
    if labels is None or (logits is None) == (probabilities is None):
        raise DataError(
            f"{file}: expected labels, and either logits or probabilities, as in "
            f"{_expected(file, num_classes)}. Received: "
            f"{listed([name for name, a in arrays.items() if a is not None]) or 'none'}"
        )
    if probabilities is not None:
        wrong = ~((probabilities >= 0).all(axis=1) & _sums_to_1(probabilities))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise DataError(
                f"{file}: expected probabilities that are not negative and sum to 1. "
                f"Received: row {row}: {probabilities[row]}"
            )
        logits = np.log(probabilities.clip(min=SMALLEST))
    return logits.astype(np.float32), labels


def _columns(file: Path, num_classes: int) -> dict[str, np.ndarray | None]:
    table = pd.read_csv(file) if file.suffix == ".csv" else pd.read_parquet(file)
    found = {LABEL: table[LABEL].to_numpy() if LABEL in table else None}
    for kind in (LOGIT, PROBABILITY):
        present = [c for c in table if re.fullmatch(rf"{kind}_\d+", str(c))]
        asked = [f"{kind}_{number}" for number in range(num_classes)]
        if present and {*present} != {*asked}:
            raise DataError(
                f"{file}: expected {asked[0]} to {asked[-1]}, as {COUNTS} has "
                f"{num_classes} classes. Received: {listed(present)}"
            )
        found[kind] = table[asked].to_numpy(dtype=np.float64) if present else None
    return found


def _arrays(file: Path, num_classes: int) -> dict[str, np.ndarray | None]:
    with np.load(file, allow_pickle=False) as arrays:
        found = {kind: arrays.get(name) for kind, name in IN_ARRAYS.items()}
    for kind in (LOGIT, PROBABILITY):
        array = found[kind]
        if array is not None and array.shape[1:] != (num_classes,):
            raise DataError(
                f"{file}: expected {IN_ARRAYS[kind]} of shape [N, {num_classes}], as "
                f"{COUNTS} has {num_classes} classes. Received: shape={array.shape}"
            )
    return found


def _expected(file: Path, num_classes: int) -> str:
    if file.suffix == ".npz":
        return "labels and logits"
    return f"columns label and logit_0 to logit_{num_classes - 1}"


def _sums_to_1(probabilities: np.ndarray) -> np.ndarray:
    return abs(probabilities.sum(axis=1) - 1) < 1e-3


def _read_csv(file: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Reads a table of texts."""
    if not file.is_file():
        raise DataError(f"There is no {file.name} in {file.parent}.")
    with reading(file):
        table = pd.read_csv(file, dtype=str, keep_default_na=False, index_col=False)
    if table.empty or not {*columns} <= {*table}:
        raise DataError(
            f"{file}: expected rows with the columns {' and '.join(columns)}. "
            f"Received: {len(table)} rows, {listed([*map(str, table)])}"
        )
    return table
