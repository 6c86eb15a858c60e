"""Pictures that are known by name, and in which part they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from unicodedata import normalize

import numpy as np

from ...errors import InputError

Part = Literal["train", "test", "validation"]
PARTS: Mapping[str, Part] = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}


@dataclass(frozen=True, eq=False)
class PictureList:
    """Pictures that are known by name.

    Attributes:
        files: `[N]` texts, the names of their files.
        labels: `[N]`.
        groups: `[N]` texts, what belongs together; see `ImageSet`.
    """

    files: np.ndarray
    labels: np.ndarray
    groups: np.ndarray | None = None

    def __len__(self) -> int:
        """Returns how many there are."""
        return len(self.files)

    def take(self, rows: np.ndarray) -> "PictureList":
        """Returns some of them."""
        groups = None if self.groups is None else self.groups[rows]
        return PictureList(self.files[rows], self.labels[rows], groups)


@dataclass(frozen=True)
class PictureFiles:
    """The pictures of a folder or an archive, none of which has been opened.

    Attributes:
        class_names: the folders of the classes, sorted.
        parts: the pictures of each part, in the order of the labels, then of the names,
            or in that of a table.
        others: the files that are no pictures, or lie in no class's folder.
        divided: whether they came without parts, and were divided here.
    """

    class_names: tuple[str, ...]
    parts: Mapping[Part, PictureList]
    others: tuple[str, ...]
    divided: bool


def refuse_twins(class_names: Iterable[str]) -> None:
    """Refuses names that a person, or some file systems, take for one.

    Raises:
        InputError: two differ by capitals, blanks at the ends, or the encoding of
            accents alone.
    """
    known = {}
    for name in class_names:
        twin = known.setdefault(normalize("NFC", name).strip().lower(), name)
        if twin != name:
            raise InputError(
                "Expected names of classes that differ in more than capitals, blanks "
                "at their ends, or the encoding of accents. "
                f"Received: {twin!r}, {name!r}"
            )


def in_parts(
    pictures: PictureList, rows: Iterable[np.ndarray]
) -> dict[Part, PictureList]:
    """Returns the pictures of each part, by their row numbers, in the parts' order."""
    parts = zip(get_args(Part), rows, strict=True)
    return {part: pictures.take(mine) for part, mine in parts}
