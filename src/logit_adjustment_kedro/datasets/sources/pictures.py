"""The pictures of a folder or an archive, decoded into one array on disk."""

import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Lock

import numpy as np
from rich.console import Console
from rich.progress import track

from ...errors import InputError
from ...images import Fitting, decode
from .addresses import printable
from .containers import Container, Read
from .scratch import scratch

MOST_THREADS = 8  # what is not decoding holds Python's lock


def read_pictures(
    container: Container, files: Sequence[str], fitting: Fitting
) -> tuple[np.ndarray, dict[int, str]]:
    """Reads pictures in a few threads, and shows the progress on a terminal.

    Each thread has one file in memory, whatever their number is.

    Args:
        container: where the files are.
        files: their `N` names, which all differ.
        fitting: what shape they get.

    Returns:
        `[N, H, W, C] uint8`, mapped from a temporary file, and of the rows whose file
        cannot be read, why. Those are black.

    Raises:
        DataError: an archive is damaged, or there is no room for the images.
    """
    with scratch(fitting.image_shape) as file:
        file.add_black(len(files))
        pixels = file.images()
    rows = {name: row for row, name in enumerate(files)}
    faults = {row: "it is no longer there" for row in rows.values()}

    def read_some() -> None:
        for name, read in contents:
            row = rows[name]
            try:
                pixels[row] = decode(read(), fitting)
                del faults[row]
            except (InputError, OSError) as fault:
                told = getattr(fault, "strerror", None) or str(fault)
                faults[row] = printable(told)

    threads = min(os.cpu_count() or 1, MOST_THREADS)
    with (
        ThreadPoolExecutor(threads) as pool,
        closing(_Shared(_tracked(container, files))) as contents,
    ):
        for task in [pool.submit(read_some) for _ in range(threads)]:
            task.result()
    return pixels, faults


class _Shared:
    """A generator that several threads go through together, until it is closed."""

    def __init__(self, items: Generator):
        self._items = items
        self._lock = Lock()

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> tuple[str, Read]:
        with self._lock:
            return next(self._items)

    def close(self) -> None:
        """Ends it for all threads."""
        with self._lock:
            self._items.close()


def _tracked(container: Container, files: Sequence[str]) -> Generator:
    console = Console(stderr=True)
    return track(
        container.contents(files),
        "Reading pictures",
        total=len(files),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
