"""Copies of the project, and their command line."""

import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PATIENCE = 1800.0  # seconds: a hang ends a test, and a slow machine does not
PARTS = ("conf", "notebooks", "src", "pyproject.toml", ".telemetry")
WIDE = {"COLUMNS": "200"}
# Processes that start with the libraries imported, which takes ten seconds, and with
# nothing of Kedro's project, which reads its folder when imported, or of this one.
READY = multiprocessing.get_context("forkserver")
READY.set_forkserver_preload(
    [
        *("altair", "dynaconf", "fsspec", "kedro.config", "kedro.io", "keras"),
        *("pandas", "pathspec", "PIL.Image", "pyarrow.parquet", "pydantic.main"),
        *("rich.logging", "rich.progress", "scipy.stats", "sklearn.datasets"),
    ]
)


@dataclass(frozen=True)
class Project:
    """A project on disk.

    Attributes:
        path: its folder.
        said: what the run that made it printed.
    """

    path: Path
    said: str = ""

    def kedro(self, *arguments: str, **environment: str) -> CompletedProcess:
        """Runs `kedro` there as a person would, on a wide terminal.

        With environment variables, which imports may read, nothing is imported before.
        """
        if not environment:
            return self._kedro_at_once(arguments)
        return subprocess.run(
            [sys.executable, "-m", "kedro", *arguments],
            cwd=self.path,
            env=os.environ | WIDE | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def _kedro_at_once(self, arguments: Sequence[str]) -> CompletedProcess:
        with TemporaryDirectory() as folder:
            said = [Path(folder, name) for name in ("stdout", "stderr")]
            process = READY.Process(target=_main, args=(self.path, arguments, said))
            process.start()
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
            texts = [file.read_text() for file in said]
        return CompletedProcess(arguments, process.exitcode, *texts)

    def latest(self, pattern: str) -> Path:
        """Returns the newest of the files in `data/` that match a pattern."""
        return max(self.path.joinpath("data").glob(pattern))


def _main(folder: Path, arguments: Sequence[str], said: Sequence[Path]) -> None:
    """Does what `python -m kedro` does in a folder; what is said goes to files."""
    for stream, file in enumerate(said, start=1):
        os.dup2(os.open(file, os.O_CREAT | os.O_WRONLY), stream)
    os.chdir(folder)
    os.environ.update(WIDE)
    # That of the tests is not the one to be run; but its environment may lie in it.
    mine = (Path(path) for path in sys.path)
    elsewhere = [
        str(path)
        for path in mine
        if path.is_relative_to(sys.prefix) or not path.is_relative_to(ROOT)
    ]
    sys.path[:] = [str(folder), *elsewhere]
    sys.argv = ["kedro", *arguments]
    from kedro.framework.cli import main

    main()


def wait_for(found: Callable[[], bool]) -> None:
    since = time.monotonic()
    while not found():
        assert time.monotonic() - since < PATIENCE
        time.sleep(0.05)


def copy_project(to: Path) -> Project:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns(".ipynb_checkpoints")
            shutil.copytree(source, to / part, ignore=ignored)
        elif source.exists():
            shutil.copy(source, to / part)
    return Project(to)


def no_tensorflow_at(folder: Path) -> str:
    """Makes importing TensorFlow or Keras an error, by a folder for `PYTHONPATH`."""
    for name in ("tensorflow", "keras"):
        (folder / name).mkdir(parents=True)
        trap = f"raise AssertionError('{name} was imported')"
        (folder / name / "__init__.py").write_text(trap)
    return str(folder)
