"""What all stores have in common: versions, whole files, and clear words."""

import multiprocessing
import os
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, TypeVar

from kedro.io import AbstractVersionedDataset, Version
from kedro.io.core import VersionNotFoundError
from typing_extensions import override

from ...files import replacing
from ..errors import DataError

T = TypeVar("T")


def _main_process() -> int:
    """Returns the number of this process, or of that whose helper it is."""
    parent = multiprocessing.parent_process()
    return os.getpid() if parent is None else parent.pid


class VersionedStore(AbstractVersionedDataset[T, T]):
    """A local file or folder of a run, with as many versions as there were runs.

    Where the catalog says `versioned: true`, a run reads what it has itself saved, be
    it in another process, and otherwise the newest version, unless `--load-versions`
    says which. Without, there is one file, and each run replaces it.

    Subclasses write `_read` and `_write`.

    Args:
        filepath: a local path.
        version: the version to load and to save, where the entry is versioned.
        metadata: anything; used by Kedro plugins, not by this class.

    Attributes:
        content: what is stored, for messages: `the <content>`.
        maker: how to have it made, for messages: `to make it, <maker>.`.
        suffix: what `filepath` must end in.

    Raises:
        DataError: `filepath` is not a local path, or does not end in `suffix`.
    """

    content: ClassVar[str]
    suffix: ClassVar[str] = ""
    maker: ClassVar[str] = (
        "run the pipeline that makes it, with the same --env and --params=recipe=..."
    )

    def __init__(
        self,
        *,
        filepath: str,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ):
        if not filepath.endswith(self.suffix):
            raise DataError(
                f"Expected a path ending in {self.suffix}. Received: {filepath}"
            )
        if "://" in filepath:
            raise DataError(f"Expected a local path. Received: {filepath}")
        super().__init__(PurePosixPath(filepath), version)
        self.metadata = metadata
        self._process = _main_process()

    @override
    def load(self) -> T:
        """Reads the version to load.

        Raises:
            DataError: nothing is stored there, or it is damaged.
        """
        path = self.stored_path()
        with self._reading(path):
            return self._read(path)

    @override
    def save(self, data: T) -> None:
        """Writes a version, whole or not at all.

        Raises:
            DataError: a file without versions is in the way.
        """
        self._refuse_unversioned()
        path = Path(self._get_save_path())
        self._write_beside(data, path)
        with replacing(path) as temporary:
            self._write(data, temporary)

    @override
    def resolve_save_version(self) -> str | None:
        """Returns the version to save: the time of the run, and its process.

        Kedro's times have milliseconds, and two runs may begin in the same.
        """
        version = super().resolve_save_version()
        return version and f"{version}-{self._process}"

    @override
    def resolve_load_version(self) -> str | None:
        """Returns the version to load: the one asked for, of this run, or the newest.

        Raises:
            VersionNotFoundError: there is no version at all.
        """
        if self._version and self._version.save and not self._version.load:
            mine = self.resolve_save_version()
            if Path(self._filepath, mine, self._filepath.name).exists():
                return mine
        return super().resolve_load_version()

    def stored_path(self) -> Path:
        """Returns the file or folder of the version to load.

        Raises:
            DataError: nothing is stored there.
        """
        self._refuse_unversioned()
        try:
            path = Path(self._get_load_path())
        except VersionNotFoundError:
            raise DataError(self._missing(Path(self._filepath))) from None
        if not path.exists():
            raise DataError(self._missing(path))
        return path

    @abstractmethod
    def _read(self, path: Path) -> T:
        """Reads what `_write` wrote; any error is taken for damage."""

    @abstractmethod
    def _write(self, data: T, path: Path) -> None:
        """Writes a file or a folder."""

    def _write_beside(self, data: T, path: Path) -> None:
        """Writes what goes with `path`, before it: with `path`, a version is there."""

    def _refuse_unversioned(self) -> None:
        if self._version and Path(self._filepath).is_file():
            raise DataError(
                f"{self._filepath} is of an earlier layout, without versions, which is "
                "not read. Remove it, and run the same command again."
            )

    def _missing(self, path: Path) -> str:
        """Says that nothing is stored, and what to do."""
        return f"No {self.content} at {path}. To make it, {self.maker}."

    @contextmanager
    def _reading(self, file: Path, whole: Path | None = None) -> Iterator[None]:
        """Turns whatever a reader has to say into one line.

        Args:
            file: what is read.
            whole: what to remove if it is damaged; `file` by default.
        """
        try:
            yield
        except (DataError, ImportError, MemoryError):
            raise
        except Exception as error:  # each format's package raises errors of its own
            cause = "there is no such file"
            if not isinstance(error, FileNotFoundError):
                text = str(error) or type(error).__name__
                cause = f"it is damaged ({text.splitlines()[0]})"
            raise DataError(
                f"Expected the {self.content} stored in {file}, but {cause}. "
                f"To mend it, remove {whole or file} and {self.maker}."
            ) from error

    @override
    def _exists(self) -> bool:
        return Path(self._get_load_path()).exists()

    @override
    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "version": self._version}
