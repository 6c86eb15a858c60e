"""Archives, read where they lie: nothing of one is ever unpacked to the disk."""

import stat
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from ...errors import InputError
from ..errors import DataError
from .containers import (
    Container,
    Folder,
    Read,
    check_size,
    is_passed_over,
    reading,
    unexpected,
)

ENDINGS = (".tar", ".tar.gz", ".tgz", ".zip")
PLAIN_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)  # in a zip; 0 where it does not say


def open_container(path: Path) -> Container:
    """Opens a folder, or an archive that ends in one of `ENDINGS`.

    Raises:
        DataError: there is no such thing.
    """
    if path.is_dir():
        return Folder(path)
    if not path.exists():
        raise DataError(f"There is no folder or archive at {path}.")
    if path.name.lower().endswith(ENDINGS):
        return Archive(path)
    expected = f"expected a folder, or a file that ends in {', '.join(ENDINGS)}"
    raise DataError(f"{path}: {expected}")


@dataclass(frozen=True)
class Member:
    """What an archive says of one thing in it.

    Attributes:
        name: as the archive has it.
        is_folder: whether it is one.
        size: in bytes.
        trouble: why it cannot be read, if it can't.
        open: opens it, before the next one is asked for.
    """

    name: str
    is_folder: bool
    size: int
    trouble: str | None
    open: Callable[[], IO[bytes]]


class Archive:
    """The files in a `.zip`, or in a tar, compressed or not; see `Container`.

    Links, devices, encrypted files, and names that lead out are refused.

    Args:
        path: of the archive; one that does not end in `.zip` is a tar.
    """

    def __init__(self, path: Path):
        self.path = path

    def names(self) -> list[str]:
        """Returns the names of all files and folders; see `Container`."""
        seen = set()
        for name, member in self._members():
            if name in seen and not member.is_folder:
                raise unexpected(self.path, name, "which is there twice")
            seen.add(name)
        return [*seen]

    def contents(self, names: Collection[str]) -> Iterator[tuple[str, Read]]:
        """Yields files in the order of the archive; see `Container`."""
        wanted = {*names}
        for name, member in self._members() if wanted else ():
            if name in wanted:
                yield name, _content(name, member)

    def _members(self) -> Iterator[tuple[str, Member]]:
        """Yields tidied names and members, but none that is passed over."""
        is_zip = self.path.suffix.lower() == ".zip"
        with reading(self.path):
            for member in (_of_zip if is_zip else _of_tar)(self.path):
                parts = PurePosixPath(member.name).parts
                if ".." in parts or member.name.startswith("/"):
                    raise unexpected(self.path, member.name, "a name that leads out")
                if not parts or any(map(is_passed_over, parts)):
                    continue
                if member.trouble:
                    raise unexpected(self.path, member.name, member.trouble)
                yield "/".join(parts) + "/" * member.is_folder, member


def _content(name: str, member: Member) -> Read:
    """Reads a file now, as the archive goes on; its faults are told to who asks."""
    try:
        check_size(name, member.size)
        with member.open() as stream:
            return BytesIO(stream.read()).read
    except Exception as fault:  # broken archives raise errors of many kinds
        return partial(_refuse, str(fault) or type(fault).__name__)


def _refuse(fault: str) -> bytes:
    raise InputError(fault)


def _of_tar(path: Path) -> Iterator[Member]:
    with tarfile.open(path) as tar:
        for info in tar:
            is_plain = info.isreg() or info.isdir()
            trouble = None if is_plain else "which is a link or a device"
            opened = partial(tar.extractfile, info)
            yield Member(info.name, info.isdir(), info.size, trouble, opened)
        # Where a header is damaged, tarfile takes that for the end.
        tar.fileobj.seek(tar.offset)
        if tar.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError("it is cut short or damaged")
        while tar.fileobj.read(2**20):  # up to the checksum of gzip
            pass


def _of_zip(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            trouble = None
            if stat.S_IFMT(info.external_attr >> 16) not in PLAIN_KINDS:
                trouble = "which is a link or a device"
            if info.flag_bits & 1:
                trouble = "which is encrypted: unpack the archive first"
            opened = partial(archive.open, info)
            yield Member(info.filename, info.is_dir(), info.file_size, trouble, opened)
