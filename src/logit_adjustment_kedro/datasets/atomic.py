"""Files that appear whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Gives a temporary path to write to, then moves it to `target`.

    The temporary path lies beside the target, in a hidden folder of its own, and
    keeps the target's name: libraries that look at a name's ending work as usual.
    What is written there may be a file or a folder; a folder that already stands at
    `target` is replaced. If the block raises, nothing stays behind; what a killed
    process left, the next one removes.

    Args:
        target: where the finished file or folder shall lie; its parents are made.

    Yields:
        The path to write to.
    """
    folder = target.parent / f".tmp-{target.name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        temporary = folder / target.name
        yield temporary
        if temporary.is_file():
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        if target.is_dir():
            shutil.rmtree(target)
        temporary.replace(target)
    finally:
        shutil.rmtree(folder)
