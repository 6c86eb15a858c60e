"""Copies of the project, for benchmarks that run it whole."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pandas as pd

from logit_adjustment_kedro import runs

ROOT = Path(__file__).parent.parent
PARTS = ("conf", "src", "pyproject.toml", ".telemetry")
TABLES = ("accuracy_table.csv", "per_class_accuracy.csv", "effective_probabilities.csv")


@dataclass(frozen=True)
class Project:
    """A copy of the project in a folder of its own, where nothing was run.

    Attributes:
        path: its folder, which is made.
    """

    path: Path

    def __post_init__(self):
        """Makes the copy."""
        self.path.mkdir(parents=True)
        subprocess.run(["cp", "-R", *PARTS, self.path], cwd=ROOT, check=True)

    def start(self, *options: str) -> subprocess.Popen:
        """Starts `kedro run` there; what it says goes to a file of its own."""
        log = self.path / f"log_{len(list(self.path.glob('log_*')))}.txt"
        with log.open("w") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "kedro", "run", *options],
                cwd=self.path,
                env=os.environ | {"COLUMNS": "200"},
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def said(self, latest: int = 1) -> str:
        """Returns what the latest runs said, in the order in which they ended."""
        logs = sorted(self.path.glob("log_*"), key=lambda log: log.stat().st_mtime_ns)
        return "".join(log.read_text() for log in logs[-latest:])

    def run(self, *options: str, seconds: float | None = None) -> bool:
        """Runs `kedro run` to its end, or kills it; returns whether it was killed.

        Raises:
            click.ClickException: it failed by itself.
        """
        process = self.start(*options)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        killed = process.poll() is None
        if killed:
            os.killpg(process.pid, signal.SIGKILL)
        if process.wait() != 0 and not killed:
            raise click.ClickException(f"a run failed:\n{self.said()}")
        return killed

    def forget(self) -> None:
        """Removes all that was run there."""
        shutil.rmtree(self.path / "data", ignore_errors=True)

    def leftovers(self) -> list[Path]:
        """Returns what no finished run may leave."""
        data = self.path / "data"
        return [*data.rglob(".tmp-*"), *data.glob("06_models/**/*.npz")]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Returns the newest tables of the reporting, by name."""
        found = {
            name: max(self.path.glob(f"data/08_reporting/*/*/{name}/*/{name}"))
            for name in TABLES
        }
        return {name: pd.read_csv(file) for name, file in found.items()}

    def difference(self, other: "Project") -> str | None:
        """Tells what is not the same in both, bit for bit; None if all is."""
        for name, table in self.tables().items():
            if not table.equals(other.tables()[name]):
                return name
        mine, others = (
            list(runs.open(next(project.path.glob("data/07_model_output/*/*/runs"))))
            for project in (self, other)
        )
        if [run.name for run in mine] != [run.name for run in others]:
            return "which runs are stored"
        for one, two in zip(mine, others, strict=True):
            for key, logits in one.logits.items():
                if not np.array_equal(logits, two.logits[key]):
                    return f"the logits of {one.name}"
        return None
