"""Files that appear whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Gives a temporary path to write to, then moves it to `target`.

    The temporary path lies beside the target, in a hidden folder of its own, and
    keeps the target's name: libraries that look at a name's ending work as usual.
    What is written there may be a file or a folder; a folder that already stands at
    `target` is replaced. If the block raises, nothing stays behind.

    Args:
        target: where the finished file or folder shall lie; its parents are made.

    Yields:
        The path to write to.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".tmp-") as folder:
        temporary = Path(folder) / target.name
        yield temporary
        if target.is_dir():
            shutil.rmtree(target)
        temporary.replace(target)
