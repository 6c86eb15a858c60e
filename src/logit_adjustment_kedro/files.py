"""Paths as people type them; files and folders that appear whole or not at all."""

import contextlib
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import InputError

# A process of another machine cannot be asked whether it is alive. What it has not
# touched for so long is taken for dead.
ABANDONED = 24 * 3600.0  # seconds
ATTEMPTS = 100  # to put a folder where other processes put theirs
TEMPORARY = re.compile(r"\.tmp-(?P<host>.+)-(?P<process>\d+)-[0-9a-f]{16}")


def typed_path(text: str) -> Path:
    """Returns the absolute path that somebody typed; `~` first is the home folder.

    Raises:
        InputError: there is no such home folder.
    """
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as fault:  # nobody of that name
        raise InputError(f"Expected a path. Received: {text} ({fault})") from fault


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Gives a temporary path to write to, then moves it to `target`.

    The temporary path lies beside the target, in a hidden folder of its own, and
    keeps the target's name: libraries that look at a name's ending work as usual.
    What is written there may be a file or a folder. If the block raises, what stood at
    `target` stays, and nothing else; what a killed process leaves behind,
    `remove_leftovers` finds.

    Threads and processes may write the same target at once: each has a temporary path
    of its own, and the last one wins. A file is replaced in one step, and whoever reads
    it meets the old one or the new one. A folder takes two steps: between them there is
    none at `target`.

    Args:
        target: where the finished file or folder shall lie; its parents are made.

    Yields:
        The path to write to.

    Raises:
        OSError: what was written cannot be moved there; FileNotFoundError if nothing
            was written.
    """
    with _temporary(target, move=_replace) as temporary:
        yield temporary


@contextmanager
def creating(target: Path) -> Iterator[Path]:
    """Gives a temporary path to write a folder to, then moves it to `target`.

    As `replacing`, but a folder that meanwhile stands at `target` stays, and the new
    one is dropped: for folders that are named after what they hold.

    Args:
        target: where the finished folder shall lie; its parents are made.

    Yields:
        The path to make the folder at.

    Raises:
        OSError: what was written cannot be moved there; FileNotFoundError if nothing
            was written.
    """
    with _temporary(target, move=_create) as temporary:
        yield temporary


def remove_leftovers(folder: Path) -> None:
    """Removes what writers that are dead left behind, anywhere below a folder.

    Those are the temporary folders of processes of this machine that no longer run, and
    all others that nobody has touched for a day: those of other machines, or of a
    process whose number another one has now.

    Args:
        folder: where to look; it need not exist.
    """
    for parent, names, _ in os.walk(folder):
        found = [name for name in names if TEMPORARY.fullmatch(name)]
        for name in found:
            names.remove(name)  # os.walk then does not enter it
            if _is_dead(Path(parent, name)):
                shutil.rmtree(Path(parent, name), ignore_errors=True)


@contextmanager
def _temporary(target: Path, move: Callable[[Path, Path], None]) -> Iterator[Path]:
    name = f".tmp-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(8)}"
    folder = target.parent / name
    folder.mkdir(parents=True)
    try:
        temporary = folder / target.name
        yield temporary
        _sync(temporary)
        move(temporary, target)
    finally:
        # What cannot be removed, as on Windows what is open, is a leftover.
        shutil.rmtree(folder, ignore_errors=True)


def _sync(written: Path) -> None:
    """Has the disk hold a file, or the files of a folder, before its name does."""
    files = [path for path in written.rglob("*") if path.is_file()]
    for file in files if written.is_dir() else [written]:
        with file.open("rb+") as stream:  # Windows refuses it of what is only read
            os.fsync(stream.fileno())


def _replace(new: Path, target: Path) -> None:
    moved_away: list[Path] = []
    for attempt in range(ATTEMPTS):
        try:
            new.replace(target)
            return
        except OSError as error:
            if not (new.is_dir() or target.is_dir()):
                raise
            fault = error
        # A folder that is not empty cannot be replaced: out of the way, into the
        # temporary folder. Then another process may put one there, or take it first.
        with contextlib.suppress(FileNotFoundError):
            moved_away.append(target.rename(new.parent / f"replaced-{attempt}"))
    if moved_away:
        with contextlib.suppress(OSError):
            moved_away[-1].rename(target)
    raise fault


def _create(new: Path, target: Path) -> None:
    try:
        new.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _is_dead(folder: Path) -> bool:
    import psutil  # takes a while, and is needed once a run

    host, process = TEMPORARY.fullmatch(folder.name).group("host", "process")
    if host == socket.gethostname() and not psutil.pid_exists(int(process)):
        return True
    try:
        touched = [path.stat().st_mtime for path in (folder, *folder.rglob("*"))]
    except OSError:  # its writer is at work, or it is another person's
        return False
    return time.time() - max(touched) > ABANDONED
