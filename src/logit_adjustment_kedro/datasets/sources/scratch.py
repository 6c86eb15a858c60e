"""Images on their way to the store, which need not fit into memory."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import prod
from typing import BinaryIO

import numpy as np

from ..errors import DataError


class NoRoom(Exception):
    """The temporary file could not be made, or not be written."""


class Scratch:
    """A temporary file of raw pixels; see `scratch`."""

    def __init__(self, file: BinaryIO, image_shape: tuple[int, ...]):
        self._file = file
        self._image_shape = image_shape

    def append(self, image: bytes) -> None:
        """Adds an image, `H * W * C` bytes.

        Raises:
            NoRoom: the disk is too full.
        """
        with _writing():
            if self._file.write(image) < len(image):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def add_black(self, count: int) -> None:
        """Adds black images, to be written where they are mapped.

        Raises:
            NoRoom: the disk is too full.
        """
        size = count * prod(self._image_shape)
        with _writing():
            if size and hasattr(os, "posix_fallocate"):
                # What is mapped and finds no room later ends the process.
                os.posix_fallocate(self._file.fileno(), 0, size)
            else:
                self._file.truncate(size)

    def images(self) -> np.ndarray:
        """Returns all images, `[N, H, W, C] uint8`, mapped and to be written."""
        if self._file.seek(0, os.SEEK_END) == 0:  # nothing cannot be mapped
            return np.zeros((0, *self._image_shape), np.uint8)
        mapped = np.memmap(self._file, np.uint8, "r+")
        return mapped.reshape(-1, *self._image_shape)


@contextmanager
def scratch(image_shape: tuple[int, ...]) -> Iterator[Scratch]:
    """Gives a temporary file, which is gone when the images mapped from it are.

    It lies where Python puts temporary files: the environment variable `TMPDIR` says
    another folder. Where that folder is in memory, so are the images.

    Args:
        image_shape: `(H, W, C)`.

    Raises:
        DataError: there is no such folder, or it is too full.
    """
    try:
        with ExitStack() as stack:
            with _writing():
                # Not buffered: what finds no room is told when it is written.
                file = stack.enter_context(tempfile.TemporaryFile(buffering=0))
            yield Scratch(file, image_shape)
    except NoRoom as fault:
        raise DataError(
            "Expected room for images while they are read, in the folder of temporary "
            f"files, which the environment variable TMPDIR names. Received: {fault}"
        ) from fault


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        folder = tempfile.tempdir or os.environ.get("TMPDIR", "none")
        raise NoRoom(f"{folder}: {fault.strerror}") from fault
