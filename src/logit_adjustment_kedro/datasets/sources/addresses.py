"""URLs: as they are shown to people, and where what they lead to is kept."""

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ...errors import first_of
from ...files import typed_path

USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")
VALUE = re.compile(r"(?P<name>[^=&;]*=)[^&;]*|[^&;]+")
URL_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.:-]*://\S+")
LONGEST = 120  # characters of a name that is kept as it is; the rest gets a checksum
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")  # on Windows


def shown(url: str) -> str:
    """Returns a URL without what may be secret: its user, and its query's values.

    >>> shown("https://me:secret@host.org/b?id=1&token=2")
    'https://host.org/b?id=***&token=***'
    """
    address, hash_mark, fragment = url.partition("#")
    path, mark, query = address.partition("?")
    hidden = VALUE.sub(lambda found: (found["name"] or "") + "***", query)
    end = "***" if fragment else ""
    return USERINFO.sub("", path) + mark + hidden + hash_mark + end


def printable(text: str) -> str:
    """Returns text from elsewhere fit for a terminal: one line, and no secret URLs."""
    line = " ".join(text.split())
    clean = "".join(character for character in line if character.isprintable())
    return URL_IN_TEXT.sub(lambda found: shown(found[0]), clean)


def listed(names: Sequence[str], most: int = 5) -> str:
    """Returns names as a person reads them: the first ones, and how many more."""
    return first_of([printable(name) for name in names], most)


def tidy(url: str) -> str:
    """Joins the slashes before the file's name, of a folder given with one at its end.

    >>> tidy("https://host.org/rec//a.tfrecord")
    'https://host.org/rec/a.tfrecord'
    """
    path, mark, query = url.partition("?")
    return re.sub(r"(?<=[^:/])/{2,}(?=[^/]*$)", "/", path) + mark + query


def local_path(url: str) -> Path:
    """Returns the absolute path of a local file, given as a path or a file:// URL.

    See `typed_path`.

    Raises:
        InputError: there is no such home folder.
    """
    if url.startswith("file:"):
        return Path(url2pathname(urlsplit(url).path)).absolute()
    return typed_path(url)


def kept_path(url: str, folder: Path) -> Path:
    """Returns where under `folder` to keep what comes from `url`.

    That is at `<protocol>/<host>/<path>`, each name quoted so that it is one on every
    file system, and that no two URLs share a file. User and query may be secret, and a
    checksum stands for them.

    >>> kept_path("https://host.org/a/b.tfrecord", Path("raw")).as_posix()
    'raw/https/host.org/a/b.tfrecord'
    """
    protocol, _, rest = url.partition("://")
    path, mark, query = rest.partition("?")
    host, *names = path.split("/")
    userinfo, _, host = host.rpartition("@")
    user = userinfo.partition(":")[0]
    quoted = [_quoted(name) for name in (protocol, host, *names)]
    if user:
        quoted[1] += f"%-{_checksum(user)}"
    if mark:
        quoted[-1] += f"%-{_checksum(query)}"
    return folder.joinpath(*quoted)


def _quoted(name: str) -> str:
    """Quotes a name like URLs do, with `%` and two digits, but more of it.

    Capital letters too, as many file systems know no difference; and `%` itself, so
    that a `%` before anything but two digits never comes from the name.
    """
    if not name:
        return "%"
    quoted = re.sub(r"[^a-z0-9._-]", _escape, name)
    quoted = re.sub(r"\.$", "%2e", quoted)  # also of `.` and `..`
    if RESERVED.match(quoted):
        quoted = f"%{ord(quoted[0]):02x}{quoted[1:]}"
    if len(quoted) > LONGEST:
        return f"{quoted[:LONGEST]}%~{_checksum(name)}"
    return quoted


def _escape(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02x}" for byte in found[0].encode())


def _checksum(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
