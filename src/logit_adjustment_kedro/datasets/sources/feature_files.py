"""The files of features that somebody's own code wrote."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import InputError
from ..errors import known_to_kedro
from .addresses import listed
from .containers import reading
from .npz_files import array_of, as_labels, class_names_of, numbers_as_names, open_npz

KINDS = (".npz", ".parquet")
FEATURES, LABELS, LABEL = "features", "labels", "label"
COLUMN = re.compile(r"feature_\d+")

Names = tuple[str, ...]


def read_features(file: Path) -> tuple[np.ndarray, np.ndarray, Names | None]:
    """Reads features and labels.

    Args:
        file: an `.npz` file with `features` and `labels`, and perhaps `class_names`; or
            a Parquet file with columns `label`, `feature_0`, `feature_1` and so on.

    Returns:
        Features, `[N, D] float32`, labels, `[N] int64`, and the names of the classes,
        where the file has them.

    Raises:
        DataError: it cannot be read, or has not these.
    """
    with known_to_kedro(file):
        if file.suffix.lower() == ".npz":
            with open_npz(file) as arrays:
                features = array_of(arrays, FEATURES, file)
                labels = array_of(arrays, LABELS, file)
                names = class_names_of(arrays, file)
        else:
            with reading(file):
                table = pd.read_parquet(file)
            features = _columns(table, LABEL)
            labels, names = table[LABEL].to_numpy(), None
        return _as_features(features), as_labels(labels), names


def read_unlabelled(file: Path) -> np.ndarray:
    """Reads features alone, whatever else is in the file.

    Args:
        file: see `read_features`; it may be a CSV file too, and needs no labels.

    Returns:
        `[N, D] float32`.

    Raises:
        DataError: it cannot be read, or has no features.
    """
    kind = file.suffix.lower()
    with known_to_kedro(file):
        if kind == ".npz":
            with open_npz(file) as arrays:
                return _as_features(array_of(arrays, FEATURES, file))
        with reading(file):
            table = pd.read_csv(file) if kind == ".csv" else pd.read_parquet(file)
        if kind == ".csv":  # where a whole number may stand for a floating one
            table = table.astype(dict.fromkeys(table.select_dtypes("integer"), float))
        return _as_features(_columns(table))


def read_class_names(file: Path) -> Names:
    """Reads the names of the classes, or else makes them of the largest label.

    Args:
        file: see `read_features`; the features in it are not read.

    Raises:
        DataError: it cannot be read, or has not these.
    """
    with known_to_kedro(file):
        if file.suffix.lower() == ".npz":
            with open_npz(file) as arrays:
                names = class_names_of(arrays, file)
                labels = array_of(arrays, LABELS, file)
        else:
            names = None
            with reading(file):
                labels = pd.read_parquet(file, columns=[LABEL])[LABEL].to_numpy()
        return numbers_as_names(as_labels(labels)) if names is None else names


def _columns(table: pd.DataFrame, *besides: str) -> np.ndarray:
    """Returns the features of a table that has these columns too, `[N, D] float64`."""
    columns = [*map(str, table)]
    count = sum(COLUMN.fullmatch(column) is not None for column in columns)
    asked = [f"feature_{number}" for number in range(max(count, 1))]
    told = ", ".join((*besides, "feature_0", "feature_1"))
    if missing := [name for name in (*besides, *asked) if name not in columns]:
        raise InputError(
            f"Expected columns {told} and so on. "
            f"Received: no {missing[0]} among {listed(columns) or 'none'}"
        )
    for name in asked:
        if table[name].dtype.kind != "f":
            raise InputError(
                f"Expected floating numbers in {name}. Received: {table[name].dtype}"
            )
    # A nullable column is no array of NumPy, and its nulls are told as not finite.
    return table[asked].to_numpy("float64", na_value=np.nan)


def _as_features(array: np.ndarray) -> np.ndarray:
    """Returns features, `[N, D] float32`."""
    if array.dtype.kind != "f" or array.ndim != 2 or 0 in array.shape:
        raise InputError(
            "Expected features to be floating numbers of shape [N, D]. "
            f"Received: shape={array.shape}, dtype={array.dtype}"
        )
    with np.errstate(over="ignore"):  # it is told as not finite
        features = array.astype(np.float32, copy=False)
    finite = np.isfinite(features)
    if not finite.all():
        row, column = np.unravel_index(np.argmin(finite), finite.shape)
        raise InputError(
            "Expected features that are finite as float32. "
            f"Received: features[{row}, {column}]={array[row, column]}"
        )
    return features
