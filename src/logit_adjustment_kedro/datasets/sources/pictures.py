"""The pictures of a folder or an archive, decoded into one array."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from rich.console import Console
from rich.progress import track

from ...errors import InputError
from ...images import Fitting, decode
from .addresses import printable
from .containers import Container, Read

MOST_THREADS = 8  # what is not decoding holds Python's lock


def read_pictures(
    container: Container, files: Sequence[str], fitting: Fitting
) -> tuple[np.ndarray, dict[int, str]]:
    """Reads pictures in a few threads, and shows the progress on a terminal.

    No more files are in memory at once than there is work for.

    Args:
        container: where the files are.
        files: their `N` names, which all differ.
        fitting: what shape they get.

    Returns:
        `[N, H, W, C] uint8`, and of the rows whose file cannot be read, why. Those are
        black.

    Raises:
        DataError: an archive is damaged.
    """
    pixels = np.zeros((len(files), *fitting.image_shape), np.uint8)
    rows = {name: row for row, name in enumerate(files)}
    faults = {row: "it is no longer there" for row in rows.values()}

    def read(row: int, content: Read) -> tuple[int, str | None]:
        try:
            pixels[row] = decode(content(), fitting)
        except (InputError, OSError) as fault:
            return row, printable(getattr(fault, "strerror", None) or str(fault))
        return row, None

    contents = _tracked(container.contents(files), len(files))
    threads = min(os.cpu_count() or 1, MOST_THREADS)
    with ThreadPoolExecutor(threads) as pool:
        tasks = (pool.submit(read, rows[name], content) for name, content in contents)
        for row, fault in _ahead(tasks, 2 * threads):
            del faults[row]
            if fault:
                faults[row] = fault
    return pixels, dict(sorted(faults.items()))


def _ahead(tasks: Iterable[Future], count: int) -> Iterator:
    """Yields the results of tasks, of which no more than `count` have been begun."""
    begun: deque[Future] = deque()
    for task in tasks:
        begun.append(task)
        if len(begun) == count:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()


def _tracked(contents: Iterable, total: int) -> Iterable:
    console = Console(stderr=True)
    return track(
        contents,
        "Reading pictures",
        total,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
