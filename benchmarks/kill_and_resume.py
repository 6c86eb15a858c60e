"""Kills a training at random moments, again and again, and looks for what was lost.

    python benchmarks/kill_and_resume.py --kills=20

A training on the embedded digits runs twice, each time in a copy of the project: once
undisturbed, once killed with SIGKILL and started again. Both must end the same, bit for
bit. Should the second end before all kills are done, the next seed goes on.
"""

import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import click
import numpy as np
import pandas as pd

ROOT = Path(__file__).parent.parent
PARTS = ("conf", "src", "pyproject.toml", ".telemetry")
PHASES = {"Saving data to": "saving", "Training erm": "training", "": "importing"}


class Training:
    """A training in a copy of the project."""

    def __init__(self, project: Path, seed: int, epochs: int):
        """Makes the copy, and ingests the images."""
        project.mkdir()
        subprocess.run(["cp", "-R", *PARTS, project], cwd=ROOT, check=True)
        self._project, self._log = project, project / "log.txt"
        self._params = f"--params=training.seeds={seed},training.epochs={epochs}"
        self._kedro("--pipelines=ingestion")

    def run(self, seconds: float | None = None) -> bool:
        """Trains to the end, or for some seconds; returns whether it was killed."""
        return self._kedro("--nodes=erm.train", self._params, seconds=seconds)

    def checkpoint(self) -> dict[str, np.ndarray]:
        """Reads all of the checkpoint, where there is one."""
        if file := self._latest("06_models/*/*/erm/checkpoints/*.npz"):
            with np.load(file) as arrays:
                return dict(arrays)
        return {}

    def epochs_done(self) -> int:
        """Returns how many epochs the checkpoint tells of."""
        return len(self.checkpoint().get("history_epoch", ()))

    def traces(self) -> str:
        """Tells what the latest run was at, and which write it left half done."""
        said = self._log.read_text()
        phase = next(phase for words, phase in PHASES.items() if words in said)
        left = self._project.glob("data/**/.tmp-*")
        torn = [path.name for path in left if path.stat().st_mtime > self._begun]
        return ", ".join([phase, *torn])

    def outcome(self) -> dict[str, np.ndarray | pd.Series]:
        """Returns, by name, what must not depend on kills; the history as text."""
        folder = "07_model_output/*/*/erm"
        history = pd.read_csv(self._latest(f"{folder}/history.csv/*/*"), dtype=str)
        predictions = pd.read_parquet(self._latest(f"{folder}/predictions.parquet/*/*"))
        return {
            **history.drop(columns="seconds").add_prefix("history_"),
            **predictions.add_prefix("predictions_"),
            **{k: v for k, v in self.checkpoint().items() if k.startswith("state_")},
        }

    def _latest(self, pattern: str) -> Path | None:
        return max(self._project.joinpath("data").glob(pattern), default=None)

    def _kedro(self, *options: str, seconds: float | None = None) -> bool:
        self._begun = time.time()
        args = [sys.executable, "-m", "kedro", "run", *options]
        with self._log.open("w") as log:
            process = subprocess.Popen(
                args, cwd=self._project, stdout=log, stderr=log, start_new_session=True
            )
        try:
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        killed = process.wait() == -signal.SIGKILL and seconds is not None
        if process.returncode != 0 and not killed:
            raise click.ClickException(f"a run failed:\n{self._log.read_text()}")
        return killed


def kill_and_resume(whole: Training, killed: Training, numbers: range) -> int:
    """Trains twice, with a kill for each number; returns the one that found no run."""
    begun = time.time()
    whole.run()
    epochs = whole.checkpoint()["history_seconds"]
    start = time.time() - begun - epochs.sum()
    for number in numbers:
        before = killed.epochs_done()
        # Long enough for all kills together to let about one training pass.
        longest = min(3 * epochs.sum() / numbers.stop, epochs[before:].sum())
        seconds = random.uniform(start / 2, start + longest)
        if not killed.run(seconds):
            return number
        after, traces = killed.epochs_done(), killed.traces()
        click.echo(f"{number:4} {seconds:7.2f} {before:6} {after:5}  {traces}")
        if after < before:
            raise click.ClickException(f"of {before} finished epochs, {after} are left")
    killed.run()
    return numbers.stop


def compare(whole: Training, killed: Training) -> None:
    """Says what is the same in both, and ends the script if not all is."""
    one, two = whole.outcome(), killed.outcome()
    same = [n for n in one | two if np.array_equal(one.get(n), two.get(n))]
    click.echo(f"The same, bit for bit: {', '.join(same)}")
    if differing := (one | two).keys() - same:
        raise click.ClickException(f"different: {', '.join(sorted(differing))}")


@click.command()
@click.option("--kills", default=20, type=click.IntRange(1), show_default=True)
@click.option("--epochs", default=400, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Of the random moments.")
def main(kills: int, epochs: int, seed: int) -> None:
    """Kills a training at random moments, and compares it with an undisturbed one."""
    click.echo(f"{kills} kills, {epochs} epochs, random moments of seed {seed}")
    click.echo("kill seconds before after  while")
    random.seed(seed)
    number, training_seeds = 1, itertools.count()
    while number <= kills:
        with tempfile.TemporaryDirectory() as folder:
            training_seed = next(training_seeds)
            whole = Training(Path(folder, "whole"), training_seed, epochs)
            killed = Training(Path(folder, "killed"), training_seed, epochs)
            number = kill_and_resume(whole, killed, range(number, kills + 1))
            compare(whole, killed)
    click.echo("Nothing lost.")


if __name__ == "__main__":
    main()
