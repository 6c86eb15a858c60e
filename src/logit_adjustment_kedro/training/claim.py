"""Who may train what, where several processes share a folder."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout


class Taken(Exception):
    """Somebody else is at it; the text says who."""


@contextmanager
def claim(file: Path, wait: float = 0.0) -> Iterator[None]:
    """Holds a training for this process alone.

    The operating system frees the lock of a process that died, so nothing is left for a
    person to remove.

    Args:
        file: the lock; its folder is made.
        wait: seconds to wait for another process to let go.

    Raises:
        Taken: another process holds it still.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    owner = file.with_suffix(".owner")
    lock = FileLock(file)
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise Taken(_text(owner)) from None
    try:
        owner.write_text(f"process {os.getpid()} on {socket.gethostname()}")
        yield
    finally:
        with suppress(OSError):  # on Windows, while somebody reads it
            owner.unlink()
        lock.release()


def _text(owner: Path) -> str:
    try:
        return owner.read_text() or "another process"
    except OSError:  # it has just begun, or just ended
        return "another process"
