"""Files from anywhere, whole or not at all."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fsspec import Callback
from fsspec.core import url_to_fs
from fsspec.utils import get_protocol
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from ...files import replacing
from ..errors import DataError
from .addresses import printable, shown
from .servers import asked_to_wait, cause, http_options, may_pass

ATTEMPTS = 3
WAIT = 2.0  # seconds before the second attempt, twice as many before the third
LONGEST_WAIT = 120.0  # seconds; a server that asks for more is given up
LARGEST = 8 * 2**30  # bytes; it would be read into memory

T = TypeVar("T")
logger = logging.getLogger(__name__)


def fetch(url: str, target: Path, check: Callable[[Path], T]) -> T:
    """Copies a file to a local path, unless it is there already, and checks it.

    Shows its progress. Network trouble is met with further attempts, but a missing
    file or a lack of permission is not. Several threads or processes may fetch the same
    file at once: each copies it, and one copy stays. No message shows a URL's secrets.

    Args:
        url: what to copy; any protocol that fsspec opens.
        target: where the file shall lie, once it is whole and `check` accepted it.
        check: reads the file at the path given; raises `DataError` to refuse it.

    Returns:
        What `check` returned for the file.

    Raises:
        DataError: the file could not be had or kept, is larger than `LARGEST`, or
            `check` refused it.
    """
    if target.is_file():
        try:
            return check(target)
        except DataError as fault:
            kept = f"kept from {shown(url)}; remove the file to fetch it again"
            raise DataError(f"{fault} ({kept})") from fault
    try:
        with replacing(target) as temporary:
            _copy(url, temporary)
            return check(temporary)
    except OSError as error:
        raise DataError(f"Cannot keep {shown(url)} at {target}: {error}") from error


def _copy(url: str, file: Path) -> None:
    """Copies `url` to `file`, in up to `ATTEMPTS` attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _copy_once(url, file)
            return
        except Exception as error:  # each protocol's package raises errors of its own
            trouble = f"Cannot fetch {shown(url)}: {printable(cause(error))}"
            asked = asked_to_wait(error)
            is_final = attempt == ATTEMPTS or not may_pass(error)
        # Not from the error, as it may show secrets.
        if is_final:
            raise DataError(trouble)
        if asked > LONGEST_WAIT:
            raise DataError(f"{trouble}, and asked to wait for {asked:.0f} s")
        wait = max(WAIT * 2 ** (attempt - 1), asked)
        logger.warning("%s. Trying again in %g s.", trouble, wait)
        time.sleep(wait)


def _copy_once(url: str, file: Path) -> None:
    # A fresh instance has no dead connections or stale listings in its caches.
    is_http = get_protocol(url) in ("http", "https")
    options = http_options() if is_http else {}
    source, path = url_to_fs(url, skip_instance_cache=True, **options)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    ) as progress:
        task = progress.add_task(file.name, total=None, visible=False)

        def show(size: int | None, value: int) -> None:
            progress.update(task, total=size, completed=value, visible=value > 0)
            if max(size or 0, value) > LARGEST:
                raise ValueError(f"expected at most {LARGEST:,} bytes, came more")

        callback = Callback(hooks={"show": show})
        source.get_file(path, str(file), callback=callback)
    came = file.stat().st_size
    # Of http, aiohttp has compared them: what was sent compressed is longer by now.
    if not is_http and callback.size not in (None, came):
        raise ConnectionError(f"expected {callback.size:,} bytes, came {came:,}")
