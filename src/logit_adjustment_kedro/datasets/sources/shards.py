"""The files that a dataset of records lies in, here or at any URL."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fsspec.utils import get_protocol

from ..errors import DataError
from .addresses import kept_path, local_path, shown, tidy

NUMBERED = re.compile(r"(?P<number>\d+)-of-(?P<count>\d+)")


@dataclass(frozen=True)
class Shard:
    """One file.

    Attributes:
        url: where it comes from.
        shown: the same, for people: without what may be secret.
        file: where it lies, or is to be kept.
        is_local: whether it is read in place.
    """

    url: str
    shown: str
    file: Path
    is_local: bool

    @classmethod
    def at(cls, url: str, folder: Path) -> "Shard":
        """Returns the file at a URL, or at a path; `folder` is for files to keep."""
        url = tidy(url)
        if get_protocol(url) == "file":
            return cls(url, url, local_path(url), is_local=True)
        return cls(url, shown(url), kept_path(url, folder), is_local=False)

    @property
    def origin(self) -> str:
        """Where it comes from and where it is kept, for people."""
        return self.shown if self.is_local else f"{self.shown} (kept at {self.file})"


def find_shards(places: Sequence[Shard]) -> list[Shard]:
    """Returns the files at some places, where a local one may be a glob.

    Raises:
        DataError: nothing matches a glob, or not all of `a-00000-of-00004` and so on;
            or a file is there twice.
    """
    shards = [shard for place in places for shard in _matching(place)]
    times = Counter(shard.file for shard in shards)
    if twice := [str(file) for file, count in times.items() if count > 1]:
        raise DataError(f"Expected each file once. Received: {twice[0]} more than once")
    return shards


def _matching(place: Shard) -> list[Shard]:
    pattern = place.file
    if not place.is_local or pattern.exists() or not {*"*?["} & {*str(pattern)}:
        return [place]
    root = Path(pattern.anchor)
    found = sorted(root.glob(str(pattern.relative_to(root))))
    files = [path for path in found if path.is_file()]
    if not files:
        raise DataError(f"There is no file that matches {pattern}.")
    _check_complete(pattern, files)
    return [Shard(str(file), str(file), file, is_local=True) for file in files]


def _check_complete(pattern: Path, files: Sequence[Path]) -> None:
    """Refuses shards of which some are missing, as their names say."""
    numbers: dict[tuple[str, int], set[int]] = {}
    for file in files:
        if told := NUMBERED.search(file.name):
            key = NUMBERED.sub("", str(file)), int(told["count"])
            numbers.setdefault(key, set()).add(int(told["number"]))
    for (_, expected), present in numbers.items():
        if len(present) < expected:
            missing = next(n for n in range(expected) if n not in present)
            raise DataError(
                f"{pattern}: expected {expected} shards, as their names say. Received: "
                f"{len(present)}, without number {missing}"
            )
