"""Arrays in an `.npz` file of NumPy, of which nothing is ever unpickled."""

from pathlib import Path

import numpy as np

from ...errors import InputError
from .addresses import listed
from .containers import reading

CLASS_NAMES = "class_names"
MOST_UNNAMED = 2**16  # classes; a label beyond is none


def open_npz(path: Path) -> np.lib.npyio.NpzFile:
    """Opens a file, whose arrays are read when they are asked for.

    Raises:
        InputError: it cannot be read, or is no `.npz` file.
    """
    with reading(path):
        file = np.load(path, allow_pickle=False)
    if not isinstance(file, np.lib.npyio.NpzFile):
        raise InputError("Expected an .npz file. Received: a single array")
    return file


def array_of(file: np.lib.npyio.NpzFile, name: str, path: Path) -> np.ndarray:
    """Reads an array.

    Args:
        file: where it is.
        name: what it is called there.
        path: that of the file, for messages.

    Raises:
        InputError: it is not there, or cannot be read, as one of objects.
    """
    if name not in file:
        raise InputError(
            f"Expected an array {name}. Received: {listed(file.files) or 'none'}"
        )
    with reading(path / name):
        return file[name]


def class_names_of(file: np.lib.npyio.NpzFile, path: Path) -> tuple[str, ...] | None:
    """Reads the names of the classes; returns None where the file has none."""
    if CLASS_NAMES not in file:
        return None
    return tuple(array_of(file, CLASS_NAMES, path).ravel().tolist())


def as_labels(labels: np.ndarray) -> np.ndarray:
    """Returns labels, `[N] int64`.

    Raises:
        InputError: they are no vector of integers.
    """
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise InputError(
            "Expected labels to be integers of shape [N]. "
            f"Received: shape={labels.shape}, dtype={labels.dtype}"
        )
    return labels.astype(np.int64)


def numbers_as_names(labels: np.ndarray) -> tuple[str, ...]:
    """Returns the numbers from 0 to the largest label, as texts.

    Raises:
        InputError: that would be too many.
    """
    largest = int(labels.max(initial=0))
    if largest >= MOST_UNNAMED:
        raise InputError(
            f"Expected labels below {MOST_UNNAMED:,} where class_names are not given. "
            f"Received: {largest:,}"
        )
    return tuple(map(str, range(largest + 1)))
