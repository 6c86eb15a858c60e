"""Which pictures a table lists: their parts, their classes and their groups."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import get_args

import numpy as np
import pandas as pd

from ...errors import InputError
from ...images import divide, divide_groups, number_groups
from ..errors import DataError, known_to_kedro
from .addresses import listed
from .containers import reading
from .picture_parts import (
    PARTS,
    Part,
    PictureFiles,
    PictureList,
    in_parts,
    refuse_twins,
)

NEEDED = ("path", "label")
COLUMNS = (*NEEDED, "split", "group")
ALONE = "\n"  # what no name of a group begins with, as they are stripped


def read_table(path: Path, fractions: Sequence[float], seed: int) -> PictureFiles:
    """Reads which pictures there are, their parts and their classes.

    Args:
        path: of a `.csv` file in UTF-8, or of a `.parquet` file, with columns `path`
            (relative to the table's folder) and `label`, perhaps `split` and `group`;
            others are passed over.
        fractions: how many of each class are to test on, and how many to validate on,
            where there is no column `split`; see `divide` and `divide_groups`.
        seed: of that division.

    Returns:
        The pictures, in the order of the table, and the classes, sorted.

    Raises:
        DataError: the table cannot be read, or is empty, or lacks a column; or a row
            lacks a path or a label, has a path that leads out of the folder or that
            another row has, or an unknown split; or a group is in two parts; or there
            are fewer than two classes, one without a picture to train on, or none to
            test on.
    """
    table = _read(path)
    with known_to_kedro(path):
        if table.empty:
            raise InputError("Expected a row for each picture. Received: no rows")
        files = _files(table["path"], path.parent)
        class_names, labels = _classes(table["label"])
        pictures = PictureList(files, labels, _groups(table, files))
        if divided := "split" not in table:
            rows = _divide(pictures, len(class_names), fractions, seed)
        else:
            rows = _given(table["split"], pictures.groups)
        parts = in_parts(pictures, rows)
        _check(parts, class_names)
    return PictureFiles(class_names, parts, others=(), divided=divided)


def _read(path: Path) -> pd.DataFrame:
    """Returns the columns that count, as texts, empty where nothing is."""
    if not path.is_file():
        raise DataError(f"There is no table at {path}.")
    with reading(path):
        match path.suffix.lower():
            case ".csv":
                table = pd.read_csv(
                    path, dtype=str, keep_default_na=False, index_col=False
                )
            case ".parquet":
                table = pd.read_parquet(path)
            case other:
                raise DataError(
                    f"{path}: expected a table in a .csv or .parquet file. "
                    f"Received: {other or 'a name without an ending'}"
                )
    table = table.rename(columns=lambda name: str(name).strip())
    if not {*NEEDED} <= {*table}:
        raise DataError(
            f"{path}: expected columns {' and '.join(NEEDED)}. "
            f"Received: {listed([str(name) for name in table]) or 'none'}"
        )
    return pd.DataFrame(
        {name: _texts(table[name]) for name in COLUMNS if name in table}, dtype=object
    )


def _texts(column: pd.Series) -> list[str]:
    known = column.notna()
    return [str(v) if k else "" for v, k in zip(column, known, strict=True)]


def _files(paths: pd.Series, folder: Path) -> np.ndarray:
    """Returns tidied paths, `[N]`."""
    files: dict[str, int] = {}
    inside = os.path.realpath(folder)
    for row, path in enumerate(paths, start=1):
        if not path.strip() or "\0" in path:
            raise InputError(
                f"Expected a path in each row. Received: none in row {row}"
            )
        given = PurePosixPath(path)
        name, target = str(given), Path(os.path.realpath(folder / path))
        leads_out = given.is_absolute() or ".." in given.parts
        if leads_out or not target.is_relative_to(inside):
            raise InputError(
                "Expected paths from the table's folder on, with no .. in them. "
                f"Received: {listed([path])} in row {row}"
            )
        if name in files:
            raise InputError(
                "Expected each picture once. "
                f"Received: {listed([name])} in rows {files[name]} and {row}"
            )
        files[name] = row
    return np.array([*files], dtype=str)


def _classes(column: pd.Series) -> tuple[tuple[str, ...], np.ndarray]:
    """Returns the names of the classes, sorted, and the labels, `[N]`."""
    if (missing := column.str.strip() == "").any():
        raise InputError(
            "Expected a label in each row. Received: none in "
            f"{missing.sum()} rows, the first of which is row {missing.argmax() + 1}"
        )
    names, labels = np.unique(column.to_numpy(object), return_inverse=True)
    refuse_twins(names)
    if len(names) < 2:
        raise InputError(f"Expected at least two classes. Received: {listed(names)}")
    return tuple(names), labels


def _groups(table: pd.DataFrame, files: np.ndarray) -> np.ndarray | None:
    """Returns the group of each picture, `[N]`; one without is one of its own."""
    if "group" not in table:
        return None
    groups = table["group"].str.strip().to_numpy(str)
    alone = np.char.add(ALONE, files)
    return np.where(groups == "", alone, groups)


def _given(split: pd.Series, groups: np.ndarray | None) -> list[np.ndarray]:
    """Returns the rows of each part, as the table divides them."""
    parts = split.str.strip().str.lower().map(PARTS)
    if (unknown := parts.isna()).any():
        row = unknown.argmax()
        raise InputError(
            "Expected split train, validation or test in each row. "
            f"Received: {split.iloc[row]!r} in row {row + 1}"
        )
    if groups is not None:
        for group, of_group in parts.groupby(groups):
            if len(found := sorted({*of_group})) > 1:
                raise InputError(
                    "Expected groups that are not divided between parts. "
                    f"Received: {listed([group])} in {' and '.join(found)}"
                )
    return [np.flatnonzero(parts == part) for part in get_args(Part)]


def _divide(
    pictures: PictureList, num_classes: int, fractions: Sequence[float], seed: int
) -> list[np.ndarray]:
    """Returns the rows of each part, divided here."""
    if pictures.groups is None:
        return divide(pictures.labels, num_classes, fractions, seed)
    groups = number_groups(pictures.groups)
    return divide_groups(pictures.labels, groups, num_classes, fractions, seed)


def _check(parts: dict[Part, PictureList], class_names: tuple[str, ...]) -> None:
    training = parts["train"].labels
    if absent := sorted({*range(len(class_names))} - {*training.tolist()}):
        names = [class_names[label] for label in absent]
        raise InputError(
            "Expected a picture to train on of each class. "
            f"Received: none of {listed(names)}"
        )
    if not len(parts["test"]):
        raise InputError("Expected pictures to test on. Received: none")
