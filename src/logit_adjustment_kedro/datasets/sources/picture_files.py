"""Which pictures there are in a folder or an archive: their parts and their classes."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import get_args

import numpy as np

from ...errors import InputError
from ...images import divide
from ..errors import DataError, known_to_kedro
from .addresses import listed
from .containers import Container
from .picture_parts import (
    PARTS,
    Part,
    PictureFiles,
    PictureList,
    in_parts,
    refuse_twins,
)

PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp")

ByClass = dict[str, list[str]]


def find_pictures(
    container: Container, fractions: Sequence[float], seed: int
) -> PictureFiles:
    """Finds the pictures of each part and class.

    There are folders of parts, with those of classes in them, or those of classes
    alone. A single folder around all of them is entered. The order is that of the
    names, whatever that of the file system or archive is.

    Args:
        container: where to look.
        fractions: how much of each class is to test on, and how much to validate on, if
            there are no folders of parts; see `divide`.
        seed: of that division.

    Raises:
        DataError: the pictures cannot be listed; or there is no train or no test
            folder beside another part's; or there are fewer than two classes, or two
            with one name, one without a picture to train on, or one in another part
            alone.
    """
    names = all_names(container)
    with known_to_kedro(container.path):
        root = _root(names)
        folders = _part_folders(_by_class(names, root))
        prefixes = {part: f"{root}{folder}/" for part, folder in folders.items()}
        grouped = {
            part: _by_class(names, prefix)
            for part, prefix in (prefixes or {"train": root}).items()
        }
        class_names = _class_names(grouped)
        parts = {
            part: _labelled(grouped.get(part, {}), class_names)
            for part in get_args(Part)
        }
        if not folders:
            found = parts["train"]
            rows = divide(found.labels, len(class_names), fractions, seed)
            parts = in_parts(found, rows)
        if not len(parts["test"]):
            raise InputError("Expected pictures to test on. Received: none")
    used = {name for part in parts.values() for name in part.files}
    others = (name for name in names if not name.endswith("/") and name not in used)
    return PictureFiles(class_names, parts, tuple(others), divided=not folders)


def all_names(container: Container) -> list[str]:
    """Returns the names of all files and folders, folder by folder.

    Raises:
        DataError: they cannot be listed, or one is not in UTF-8.
    """
    names = sorted(container.names(), key=lambda name: name.split("/"))
    if broken := [name for name in names if name != _in_utf8(name)]:
        raise DataError(
            f"{container.path}: Expected names in UTF-8. Received: {broken[0]!a}"
        )
    return names


def _root(names: Sequence[str]) -> str:
    """Returns the single folder around all others, with a slash, if there is one."""
    top = _by_class(names, "")
    if len(top) == 1:
        (folder,) = top
        if folder.lower() not in PARTS and _by_class(names, f"{folder}/"):
            return f"{folder}/"
    return ""


def _by_class(names: Iterable[str], prefix: str) -> ByClass:
    """Returns the pictures below each folder in a folder, in the order of `names`."""
    by_class: ByClass = {}
    for name in names:
        folder, slash, rest = name.removeprefix(prefix).partition("/")
        if name.startswith(prefix) and slash:
            files = by_class.setdefault(folder, [])
            if rest.lower().endswith(PICTURES):
                files.append(name)
    return by_class


def _part_folders(folders: Iterable[str]) -> dict[Part, str]:
    """Returns the folders of the parts; none if there are only those of classes."""
    found: dict[Part, str] = {}
    for folder in folders:
        part = PARTS.get(folder.lower())
        if part in found:
            raise InputError(
                f"Expected one folder to {part}. Received: {found[part]} and {folder}"
            )
        if part:
            found[part] = folder
    if found and not {"train", "test"} <= {*found}:
        raise InputError(
            "Expected the folders train and test, or the folders of classes alone. "
            f"Received: {', '.join(found.values())}"
        )
    return found


def _class_names(grouped: Mapping[Part, ByClass]) -> tuple[str, ...]:
    class_names = tuple(grouped["train"])
    refuse_twins(chain(*grouped.values()))
    for part, by_class in grouped.items():
        if more := [name for name in by_class if name not in class_names]:
            raise InputError(
                f"Expected the classes of the training part alone in the {part} part. "
                f"Received: {listed(more)}"
            )
    if len(class_names) < 2:
        raise InputError(
            "Expected a folder for each of at least two classes. "
            f"Received: {listed(class_names) or 'no folder'}"
        )
    if empty := [name for name, files in grouped["train"].items() if not files]:
        raise InputError(
            f"Expected a picture ({', '.join(PICTURES)}) to train on in each class's "
            f"folder. Received: none in {listed(empty)}"
        )
    return class_names


def _labelled(by_class: ByClass, class_names: Sequence[str]) -> PictureList:
    files = [by_class.get(name, []) for name in class_names]
    labels = np.repeat(np.arange(len(class_names)), [len(part) for part in files])
    return PictureList(np.array([*chain(*files)], dtype=str), labels)


def _in_utf8(name: str) -> str:
    return name.encode(errors="replace").decode()
