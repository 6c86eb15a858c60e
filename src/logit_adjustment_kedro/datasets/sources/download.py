"""Files from anywhere, whole or not at all."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from posixpath import normpath
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

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

ATTEMPTS = 3
WAIT = 2.0  # seconds before the second attempt, twice as many before the third
CONNECT_TIMEOUT = 30.0  # seconds until a connection must stand
SILENCE_TIMEOUT = 60.0  # seconds that a server may send nothing

T = TypeVar("T")
logger = logging.getLogger(__name__)


def local_path(url: str) -> Path:
    """Returns the absolute path of a local file, given as a path or a file:// URL."""
    if url.startswith("file:"):
        url = url2pathname(urlsplit(url).path)
    return Path(url).absolute()


def kept_path(url: str, folder: Path) -> Path:
    """Returns where under `folder` to keep what comes from `url`, as `wget -x` does.

    That is at `<host>/<path>`, so files of different URLs never mix.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return folder / host / normpath(f"/{path}").lstrip("/")


def fetch(url: str, target: Path, check: Callable[[Path], T]) -> T:
    """Copies a file to a local path, unless it is there already, and checks it.

    Shows its progress. Network trouble is met with further attempts, but a missing
    file or a lack of permission is not.

    Args:
        url: what to copy; any protocol that fsspec opens.
        target: where the file shall lie, once it is whole and `check` accepted it.
        check: reads the file at the path given; raises `DataError` to refuse it.

    Returns:
        What `check` returned for the file.

    Raises:
        DataError: the file could not be had or kept, or `check` refused it.
    """
    if target.is_file():
        return check(target)
    try:
        with replacing(target) as temporary:
            _copy(url, temporary)
            return check(temporary)
    except OSError as error:
        raise DataError(f"Cannot keep {url} at {target}: {error}") from error


def _copy(url: str, file: Path) -> None:
    """Copies `url` to `file`, in up to `ATTEMPTS` attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _copy_once(url, file)
            return
        except Exception as error:  # each protocol's package raises errors of its own
            trouble = f"Cannot fetch {url}: {_cause(error)}"
            if attempt == ATTEMPTS or not _may_pass(error):
                raise DataError(trouble) from error
        wait = WAIT * 2 ** (attempt - 1)
        logger.warning("%s. Trying again in %g s.", trouble, wait)
        time.sleep(wait)


def _copy_once(url: str, file: Path) -> None:
    # A fresh instance has no dead connections or stale listings in its caches.
    source, path = url_to_fs(url, skip_instance_cache=True, **_options(url))
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

        source.get_file(path, str(file), callback=Callback(hooks={"show": show}))


def _options(url: str) -> dict[str, Any]:
    """Returns what fsspec's file system for `url` is to be made with."""
    if get_protocol(url) not in ("http", "https"):
        return {}
    import aiohttp  # takes a quarter of a second

    timeout = aiohttp.ClientTimeout(
        total=None,  # the default, 300 s, would end a slow download
        connect=CONNECT_TIMEOUT,
        sock_read=SILENCE_TIMEOUT,
    )
    # trust_env: go through the proxy that the environment names, as wget does.
    return {"client_kwargs": {"timeout": timeout, "trust_env": True}}


def _may_pass(error: Exception) -> bool:
    """Tells whether another attempt may meet with more luck."""
    import aiohttp

    if isinstance(error, aiohttp.ClientResponseError):
        return error.status >= 500 or error.status in (408, 429)
    if isinstance(error, ValueError):  # not a URL, not a trusted certificate
        return False
    return isinstance(error, aiohttp.ClientError | ConnectionError | TimeoutError)


def _cause(error: Exception) -> str:
    import aiohttp

    match error:
        case FileNotFoundError():
            return "no such file there"
        case aiohttp.ClientResponseError():
            return f"the server answered {error.status} {error.message}"
        case aiohttp.ClientPayloadError():
            return "the connection closed before the file was whole"
        case TimeoutError():  # fsspec's has no text, but a cause that has
            return str(error.__cause__ or error) or "time ran out"
        case _:
            return str(error) or type(error).__name__
