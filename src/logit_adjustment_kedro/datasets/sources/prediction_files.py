"""The files of predictions that somebody's own code wrote."""

import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import InputError
from ...longtail.checks import check_no_probabilities
from ...longtail.mixes import ROUNDING
from ...longtail.posthoc import as_logits
from ..errors import DataError
from .addresses import listed
from .containers import reading
from .prior_files import COUNTS

KINDS = (".csv", ".npz", ".parquet")
NAME = re.compile(
    r"(?P<part>test|validation)"
    r"(_(?P<model>(?!seed_\d{1,18}$).+?))?"
    r"(_seed_(?P<seed>\d{1,18}))?"
)
LABEL, LOGIT, PROBABILITY = "label", "logit", "probability"
Arrays = dict[str, np.ndarray | None]  # by their kind
Found = tuple[Arrays, list[str]]  # and the names of all that the file has
IN_ARRAYS = {LABEL: "labels", LOGIT: "logits", PROBABILITY: "probabilities"}


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
    arrays = _read(file, num_classes, (LABEL, LOGIT, PROBABILITY))
    return _logits_of(arrays, file), arrays[LABEL]


def read_logits(file: Path, num_classes: int) -> np.ndarray:
    """Reads logits alone, whatever else is in the file; labels too are passed over.

    Args:
        file: see `read_predictions`; it needs no labels.
        num_classes: `L`.

    Returns:
        `[N, L] float32`.

    Raises:
        DataError: it cannot be read, or has no logits.
    """
    return _logits_of(_read(file, num_classes, (LOGIT, PROBABILITY)), file)


def _read(file: Path, num_classes: int, kinds: Collection[str]) -> Arrays:
    """Reads what there is of these kinds, and either logits or probabilities."""
    with reading(file):
        read = _arrays if file.suffix.lower() == ".npz" else _columns
        arrays, names = read(file, num_classes, kinds)
    no_labels = LABEL in kinds and arrays[LABEL] is None
    if no_labels or (arrays[LOGIT] is None) == (arrays[PROBABILITY] is None):
        labels = "labels, and " if LABEL in kinds else ""
        raise DataError(
            f"{file}: expected {labels}either logits or probabilities, as in "
            f"{_expected(file, num_classes, kinds)}. "
            f"Received: {listed(names) or 'none'}"
        )
    return arrays


def _logits_of(arrays: Arrays, file: Path) -> np.ndarray:
    if arrays[PROBABILITY] is not None:
        logits = _logarithms(arrays[PROBABILITY], file)
    else:
        logits = _centred(arrays[LOGIT].astype(np.float64), file)
    with np.errstate(over="ignore"):  # it is told as not finite
        return logits.astype(np.float32)


def _logarithms(probabilities: np.ndarray, file: Path) -> np.ndarray:
    sums = abs(probabilities.sum(axis=1) - 1) < ROUNDING
    wrong = ~((probabilities >= 0).all(axis=1) & sums)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            f"{file}: expected probabilities that are not negative and sum to 1. "
            f"Received: row {row}: {probabilities[row]}"
        )
    return as_logits(probabilities)


def _centred(logits: np.ndarray, file: Path) -> np.ndarray:
    """Takes off what all logits of an image have in common, which says nothing.

    It may be so large that float32 has no room for the rest.
    """
    if not np.isfinite(logits).all() or not len(logits):
        return logits
    try:
        check_no_probabilities(logits)
    except InputError as fault:
        raise DataError(f"{file}: {fault}") from fault
    return logits - logits.max(axis=1, keepdims=True)


def _columns(file: Path, num_classes: int, kinds: Collection[str]) -> Found:
    table = (
        pd.read_csv(file) if file.suffix.lower() == ".csv" else pd.read_parquet(file)
    )
    if not isinstance(table.index, pd.RangeIndex):
        raise DataError(f"{file}: expected as many names of columns as columns")
    found = {}
    if LABEL in kinds:
        found[LABEL] = table[LABEL].to_numpy() if LABEL in table else None
    for kind in (LOGIT, PROBABILITY):
        present = [c for c in table if re.fullmatch(rf"{kind}_\d+", str(c))]
        asked = [f"{kind}_{number}" for number in range(num_classes)]
        if present and {*present} != {*asked}:
            raise DataError(
                f"{file}: expected {asked[0]} to {asked[-1]}, as {COUNTS} has "
                f"{num_classes} classes. Received: {listed(present)}"
            )
        found[kind] = table[asked].to_numpy(dtype=np.float64) if present else None
    return found, [*map(str, table)]


def _arrays(file: Path, num_classes: int, kinds: Collection[str]) -> Found:
    arrays = np.load(file, allow_pickle=False)
    if not isinstance(arrays, np.lib.npyio.NpzFile):
        raise DataError(f"{file}: expected an .npz file. Received: a single array")
    with arrays:
        found = {kind: arrays.get(IN_ARRAYS[kind]) for kind in kinds}
        names = [*arrays]
    for kind, array in found.items():
        if array is not None and array.dtype.kind not in "iuf":
            raise DataError(
                f"{file}: expected numbers in {IN_ARRAYS[kind]}. "
                f"Received: dtype={array.dtype}"
            )
    for kind in (LOGIT, PROBABILITY):
        array = found[kind]
        if array is not None and array.shape[1:] != (num_classes,):
            raise DataError(
                f"{file}: expected {IN_ARRAYS[kind]} of shape [N, {num_classes}], as "
                f"{COUNTS} has {num_classes} classes. Received: shape={array.shape}"
            )
    return found, names


def _expected(file: Path, num_classes: int, kinds: Collection[str]) -> str:
    if file.suffix.lower() == ".npz":
        return "labels and logits" if LABEL in kinds else "logits"
    label = "label and " if LABEL in kinds else ""
    return f"columns {label}logit_0 to logit_{num_classes - 1}"
