"""What a worker of a Dask cluster must have in common with who asks for trainings."""

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from distributed import Worker

from .. import __version__
from ..errors import InputError
from ..files import replacing
from ..runs import configured_backend

PACKAGE = __name__.partition(".")[0]
ALIKE = ("Python", PACKAGE)  # wherever trainings are unpacked
TOKEN_FILE = ".folder"


@dataclass(frozen=True)
class Home:
    """Where trainings come from, and what they find there.

    Attributes:
        folder: holds a file that tells it from others at the same path.
        token: what that file says.
        versions: of what makes the bits of a training, by name.
        client: who is told of them.
    """

    folder: Path
    token: str
    versions: Mapping[str, str]
    client: str

    @classmethod
    def of(cls, folder: Path, client: str) -> "Home":
        """Returns that of this process, whose folder is made."""
        file = folder / TOKEN_FILE
        if not file.exists():
            with replacing(file) as temporary:
                temporary.write_text(uuid4().hex)
        names = (*ALIKE, "keras", "numpy", configured_backend())
        versions = {name: _version(name) for name in names}
        return cls(folder, file.read_text(), versions, client)

    def expect(self, who: str, names: Iterable[str]) -> None:
        """Expects the same versions here; raises `InputError`, which says whose."""
        for name in names:
            if (found := _version(name)) != self.versions[name]:
                raise InputError(
                    f"{who} has {name} {found}: expected {self.versions[name]}, as "
                    "where the training was asked for"
                )

    def expect_worker(self, dask_worker: Worker) -> None:
        """Expects this worker to have the same versions, and to see the same files."""
        who = f"The worker {dask_worker.address}"  # the argument is named by Dask
        self.expect(who, self.versions)
        file = self.folder / TOKEN_FILE
        if not file.exists() or file.read_text() != self.token:
            raise InputError(
                f"{who} does not see {self.folder}: expected the folder of the "
                "project, shared and at the same path"
            )


def _version(name: str) -> str:
    if name == "Python":
        return platform.python_version()
    if name == PACKAGE:
        return __version__  # also where it is not installed, but on the path
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
