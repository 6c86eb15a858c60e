"""Kills whole runs at random moments, and looks for what was lost.

    python benchmarks/kill_and_resume.py --kills=20

`kedro run` on the embedded digits, cut to a few epochs, runs once undisturbed. Then,
again and again from nothing, it is killed with SIGKILL at a random moment, of
ingestion, of a training, of the reporting or of a write, and started again: each time,
tables and logits must be those of the undisturbed run, bit for bit, and nothing may lie
about.
"""

import random
import re
import tempfile
import time
from pathlib import Path

import click
from projects import Project


def phase_of(said: str) -> str:
    """Tells which node a run was at."""
    nodes = re.findall(r"Running node: (\w+)", said)
    return f"in {nodes[-1]}" if nodes else "starting"


@click.command()
@click.option("--kills", default=20, type=click.IntRange(1), show_default=True)
@click.option("--epochs", default=20, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Of the random moments.")
def main(kills: int, epochs: int, seed: int) -> None:
    """Kills runs at random moments, and compares them with an undisturbed one."""
    options = ["--env=smoke", f"--params=training.epochs={epochs}"]
    random.seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = (Project(Path(folder, name)) for name in ("whole", "killed"))
        begun = time.perf_counter()
        whole.run(*options)
        whole_seconds = time.perf_counter() - begun
        click.echo(f"{kills} kills of runs of {whole_seconds:.0f} s, seed {seed}")
        number = 0
        while number < kills:
            killed.forget()
            seconds = random.uniform(0, whole_seconds)
            if not killed.run(*options, seconds=seconds):
                continue  # it was through before
            number += 1
            phase = phase_of(killed.said())
            killed.run(*options)
            if difference := killed.difference(whole) or killed.leftovers():
                raise click.ClickException(f"kill {number}, {phase}: {difference}")
            click.echo(f"{number:4} after {seconds:5.1f} s, {phase}: the same")
    click.echo("Nothing lost.")


if __name__ == "__main__":
    main()
