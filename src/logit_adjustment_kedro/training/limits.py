"""What this process may use of its machine: containers and batch systems allow less.

Their limits are read where Linux has its control groups of version 2.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

# Where Linux keeps the limits of the group that a process is in, and of those above it.
GROUPS = Path("/sys/fs/cgroup")
GROUP = Path("/proc/self/cgroup")


def processors() -> int:
    """Returns how many processors this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def cores() -> int:
    """Returns how many processors this process may keep busy, at least 1."""
    count = processors()
    for group in _groups():
        with suppress(OSError, ValueError):  # it has no such limit
            time, period = map(int, (group / "cpu.max").read_text().split())
            count = min(count, max(1, time // period))
    return count


def free_memory() -> int:
    """Returns how many bytes this process may still take."""
    free = psutil.virtual_memory().available
    for group in _groups():
        with suppress(OSError, ValueError, KeyError):
            limit = int((group / "memory.max").read_text())
            taken = int((group / "memory.current").read_text())
            free = min(free, limit - taken + _dropped_when_needed(group))
    return max(0, free)


def _groups() -> Iterator[Path]:
    """Yields the folders of the control group of this process, the innermost first."""
    with suppress(OSError):  # not on Linux
        for line in GROUP.read_text().splitlines():
            number, _, path = line.split(":", 2)
            if number == "0":  # that of version 2, which has all limits
                inner = GROUPS / path.lstrip("/")
                yield from (inner, *inner.parents[: len(Path(path).parts) - 1])


def _dropped_when_needed(group: Path) -> int:
    """Returns how many bytes of files a group has in memory and does not use."""
    stat = dict(
        line.split() for line in (group / "memory.stat").read_text().splitlines()
    )
    return int(stat["inactive_file"])
