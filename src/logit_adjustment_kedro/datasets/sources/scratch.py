"""Images on their way to the store, which need not fit into memory."""

import shutil
import tempfile
from math import prod
from typing import BinaryIO

import numpy as np

from ..errors import DataError


def scratch(count: int, image_shape: tuple[int, ...]) -> np.ndarray:
    """Returns black images, mapped from a temporary file that is gone when they are.

    It lies where Python puts temporary files: the environment variable `TMPDIR` says
    another folder.

    Args:
        count: `N`.
        image_shape: `(H, W, C)`.

    Returns:
        `[N, H, W, C] uint8`.

    Raises:
        DataError: the disk is too full.
    """
    size, folder = count * prod(image_shape), tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if size > free:  # what is mapped beyond a full disk ends the process
        raise DataError(
            f"Expected {size:,} free bytes in {folder}, for {count:,} images while "
            f"they are read. Received: {free:,}. TMPDIR names another folder"
        )
    with tempfile.TemporaryFile() as file:
        file.truncate(size)
        return mapped(file, image_shape)


def mapped(file: BinaryIO, image_shape: tuple[int, ...]) -> np.ndarray:
    """Returns the images in a file of raw pixels, `[N, H, W, C] uint8`, mapped."""
    size = file.seek(0, 2)
    if size == 0:  # nothing cannot be mapped
        return np.zeros((0, *image_shape), np.uint8)
    return np.memmap(file, np.uint8, "r+").reshape(-1, *image_shape)
