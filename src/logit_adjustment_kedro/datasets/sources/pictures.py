"""The pictures of a folder or an archive, decoded: all of them, or batch by batch."""

import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from threading import Lock

import numpy as np
from rich.console import Console
from rich.progress import track

from ...errors import InputError
from ...images import GONE, Batch, Fitting, decode
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
    missing = {*rows.values()}

    def found() -> Generator[tuple[int, Read]]:
        for name, read in _tracked(container, files, "Reading pictures"):
            missing.remove(rows[name])
            yield rows[name], read

    faults = _decode(found(), pixels, fitting)
    return pixels, dict(sorted((faults | dict.fromkeys(missing, GONE)).items()))


def picture_batches(
    container: Container, files: Sequence[str], fitting: Fitting, size: int
) -> Iterator[Batch]:
    """Reads pictures as `read_pictures` does, and has never more than a batch of them.

    Args:
        container: where the files are; an archive is gone through once.
        files: their `N` names, which all differ.
        fitting: what shape they get.
        size: how many there are in a batch at most.

    Yields:
        The pictures, `[K, H, W, C] uint8`, in the order in which they are read best.

    Raises:
        DataError: an archive is damaged.
    """
    rows = {name: row for row, name in enumerate(files)}
    with closing(_tracked(container, files, "Predicting")) as contents:
        while True:
            pixels = np.empty((size, *fitting.image_shape), np.uint8)
            mine: list[int] = []

            def some(mine: list[int] = mine) -> Generator[tuple[int, Read]]:
                for place, (name, read) in enumerate(islice(contents, size)):
                    mine.append(rows[name])
                    yield place, read

            faults = _decode(some(), pixels, fitting)
            if not mine:
                return
            whole = [place for place in range(len(mine)) if place not in faults]
            yield Batch(
                [mine[place] for place in whole],
                pixels[whole],
                {mine[place]: fault for place, fault in faults.items()},
            )


def _decode(
    items: Generator[tuple[int, Read]], pixels: np.ndarray, fitting: Fitting
) -> dict[int, str]:
    """Decodes pictures in a few threads, each of which has one file in memory.

    Args:
        items: for each picture, its row in `pixels`, and what reads its file.
        pixels: `[N, H, W, C] uint8`, where they are written.
        fitting: what shape they get.

    Returns:
        Of the rows whose file cannot be read, why.
    """
    faults = {}

    def decode_some() -> None:
        for row, read in shared:
            try:
                pixels[row] = decode(read(), fitting)
            except (InputError, OSError) as fault:
                told = getattr(fault, "strerror", None) or str(fault)
                faults[row] = printable(told)

    threads = min(os.cpu_count() or 1, MOST_THREADS)
    with (
        ThreadPoolExecutor(threads) as pool,
        closing(_Shared(items)) as shared,
    ):
        for task in [pool.submit(decode_some) for _ in range(threads)]:
            task.result()
    return faults


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


def _tracked(container: Container, files: Sequence[str], doing: str) -> Generator:
    console = Console(stderr=True)
    return track(
        container.contents(files),
        doing,
        total=len(files),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
