"""Copies of the project, and their command line."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE = 1800.0  # seconds: a hang ends a test, and a slow machine does not
PARTS = ("conf", "notebooks", "src", "pyproject.toml", ".telemetry")


@dataclass(frozen=True)
class Project:
    """A project on disk.

    Attributes:
        path: its folder.
        said: what the run that made it printed.
    """

    path: Path
    said: str = ""

    def kedro(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Runs `kedro` there as a person would, on a wide terminal."""
        return subprocess.run(
            [sys.executable, "-m", "kedro", *arguments],
            cwd=self.path,
            env=os.environ | {"COLUMNS": "200"} | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def latest(self, pattern: str) -> Path:
        """Returns the newest of the files in `data/` that match a pattern."""
        return max(self.path.joinpath("data").glob(pattern))


def copy_project(to: Path) -> Project:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            shutil.copytree(source, to / part, ignore=ignored)
        elif source.exists():
            shutil.copy(source, to / part)
    return Project(to)
