"""Shares of the classes, as a person writes them down."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import InputError, first_of
from ..files import typed_path
from ..longtail.mixes import class_shares
from ..longtail.priors import class_prior
from .parameters import Mix


def known_shares(
    asked: str | Mapping[str, float],
    class_names: Sequence[str],
    class_counts: np.ndarray,
    of: str,
) -> np.ndarray:
    """Returns the shares of a mix that is known without any predictions.

    Args:
        asked: uniform, train, a CSV file, or shares by class; see `Comparison`.
        class_names: the `L` names.
        class_counts: `[L]`, the number of training images of each.
        of: what the caller calls what is asked.

    Returns:
        `[L] float64`, at least 0 and with sum 1.

    Raises:
        InputError: shares are none, or of other classes; or a file cannot be read.
    """
    if asked == Mix.UNIFORM:
        return np.full(len(class_counts), 1 / len(class_counts))
    if asked == Mix.TRAIN:
        return class_prior(class_counts)
    if isinstance(asked, str):
        return read_shares(typed_path(asked), class_names)
    return shares_by_name([*asked], [*asked.values()], class_names, of)


def read_texts(file: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Reads a CSV file of texts.

    Args:
        file: the file.
        columns: those that it has to have.

    Raises:
        InputError: it is not there, cannot be read, or has other columns or no row.
    """
    try:
        if not file.is_file():
            raise InputError(f"There is no file {file.name} in {file.parent}.")
        header = pd.read_csv(file, dtype=str, header=None, nrows=1)
        table = pd.read_csv(file, dtype=str, keep_default_na=False, index_col=False)
    except (OSError, ValueError) as fault:
        if isinstance(fault, InputError):
            raise
        raise InputError(
            f"{file}: cannot be read as a table in UTF-8 with commas: {fault}"
        ) from fault
    names = header.iloc[0].dropna().str.strip()
    table = table.rename(columns=str.strip).apply(lambda column: column.str.strip())
    if table.empty or not {*columns} <= {*table} or not names.is_unique:
        raise InputError(
            f"{file}: expected rows with the columns {' and '.join(columns)}, once. "
            f"Received: {len(table)} rows, {', '.join(names)}"
        )
    return table


def read_shares(file: Path, class_names: Sequence[str]) -> np.ndarray:
    """Reads a CSV file of shares, columns class_name and share, by the classes' names.

    Returns:
        `[L] float64`, in the order of the classes.

    Raises:
        InputError: it cannot be read, has other classes, or no shares.
    """
    table = read_texts(file, ("class_name", "share"))
    shares = pd.to_numeric(table["share"], errors="coerce")
    if shares.isna().any():
        wrong = table[shares.isna()].iloc[0]
        raise InputError(
            f"{file}: expected a number as the share of {wrong['class_name']!r}. "
            f"Received: {wrong['share']!r}"
        )
    return shares_by_name(table["class_name"], shares, class_names, str(file))


def shares_by_name(
    names: Sequence[str], shares: ArrayLike, class_names: Sequence[str], of: str
) -> np.ndarray:
    """Returns shares in the order of the classes.

    Args:
        names: `[L]`, whose shares they are.
        shares: `[L]`.
        class_names: `[L]`, in the order of the labels.
        of: what the caller calls them.

    Raises:
        InputError: a class is missing, there twice or not at all, or these are no
            shares.
    """
    names = [*names]
    wrong = {
        "missing": [name for name in class_names if name not in names],
        "no class": [name for name in names if name not in class_names],
        "twice": sorted({name for name in names if names.count(name) > 1}),
    }
    if any(wrong.values()):
        told = [
            f"{what}: {first_of([*map(repr, odd)])}"
            for what, odd in wrong.items()
            if odd
        ]
        raise InputError(
            f"{of}: expected a share for each of {len(class_names)} classes, once. "
            f"Received: {'; '.join(told)}"
        )
    by_name = dict(zip(names, np.asarray(shares, np.float64), strict=True))
    ordered = [by_name[name] for name in class_names]
    try:
        return class_shares(ordered, len(class_names), "share")
    except InputError as fault:
        raise InputError(f"{of}: {fault}") from fault
