"""A folder or an archive as one thing: the names of files, and what is in them.

Names are relative, with slashes on every system; those of folders end with one. Hidden
files, and what macOS and Windows put beside pictures, are passed over.
"""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from ...errors import InputError
from ..errors import DataError
from .addresses import printable

LARGEST = 512 * 2**20  # bytes of a file, which is read into memory
OF_SYSTEMS = {"__macosx", "thumbs.db", "desktop.ini"}
Read = Callable[[], bytes]


class Container(Protocol):
    """Files, wherever they lie."""

    path: Path

    def names(self) -> list[str]:
        """Returns the names of all files and folders, in any order.

        Raises:
            DataError: they cannot be read, or one is neither file nor folder, or leads
                elsewhere.
        """

    def contents(self, names: Collection[str]) -> Iterator[tuple[str, Read]]:
        """Yields files in the order in which they are read best.

        A file that is no longer there may be left out.

        Args:
            names: those of the files.

        Yields:
            The name, and a function that reads the file. It may be called in another
            thread; it raises InputError or OSError.

        Raises:
            DataError: an archive is damaged, and not only a file in it.
        """


class Folder:
    """The files in a folder and in the folders in it.

    A link to a file within the folder counts as one; other links are refused.
    """

    def __init__(self, path: Path):
        self.path = path

    def names(self) -> list[str]:
        """Returns the names of all files and folders; see `Container`."""
        with reading(self.path):
            return [*self._walk(self.path, "")]

    def contents(self, names: Collection[str]) -> Iterator[tuple[str, Read]]:
        """Yields files in the order of `names`; see `Container`."""
        for name in names:
            yield name, partial(_read, self.path / name)

    def _walk(self, folder: Path, prefix: str) -> Iterator[str]:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + entry.name
                if is_passed_over(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    yield f"{name}/"
                    yield from self._walk(Path(entry), f"{name}/")
                elif entry.is_symlink():
                    self._check_link(name)
                    yield name
                elif entry.is_file():
                    yield name
                else:
                    raise unexpected(self.path, name, "neither file nor folder")

    def _check_link(self, name: str) -> None:
        target = (self.path / name).resolve()
        within = target.is_relative_to(self.path.resolve())
        if not (within and target.is_file()):
            raise unexpected(self.path, name, f"a link to {target}")


def check_size(name: str, size: int) -> None:
    """Checks that a file is not too large.

    Raises:
        InputError: it has more than `LARGEST` bytes.
    """
    if size > LARGEST:
        raise InputError(
            f"Expected files of at most {LARGEST:,} bytes. "
            f"Received: {printable(name)} of {size:,}"
        )


def is_passed_over(name: str) -> bool:
    """Tells whether the name of a file or folder is that of a hidden one."""
    return name.startswith(".") or name.lower() in OF_SYSTEMS


def unexpected(path: Path, name: str, kind: str) -> DataError:
    """Returns the error that says what a container must not hold."""
    return DataError(
        f"{path}: expected files and folders that lie in it. "
        f"Received: {printable(name)}, {printable(kind)}"
    )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tells whatever goes wrong with a container in one line.

    Raises:
        DataError: anything was raised.
    """
    try:
        yield
    except DataError:
        raise
    except Exception as fault:  # broken archives raise errors of many kinds
        told = printable(getattr(fault, "strerror", None) or str(fault))
        raise DataError(
            f"{path}: cannot be read: {told or type(fault).__name__}"
        ) from fault


def _read(path: Path) -> bytes:
    check_size(path.name, path.stat().st_size)
    return path.read_bytes()
