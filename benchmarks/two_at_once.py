"""Starts two runs at once in one folder, again and again.

    python benchmarks/two_at_once.py --pairs=10

Both ask for the same trainings on the embedded digits, cut to a few epochs, from
nothing. Both must end with the tables of a run that was alone, each training must have
been done once, and nothing may lie about.
"""

import random
import re
import tempfile
import time
from pathlib import Path

import click
from projects import Project

TRAININGS = 4  # two methods, two seeds


@click.command()
@click.option("--pairs", default=10, type=click.IntRange(1), show_default=True)
@click.option("--epochs", default=10, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Of the random moments.")
def main(pairs: int, epochs: int, seed: int) -> None:
    """Runs pairs, and compares each with a run that was alone."""
    options = ["--env=smoke", f"--params=training.epochs={epochs}"]
    random.seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        alone, shared = (Project(Path(folder, name)) for name in ("alone", "shared"))
        alone.run(*options)
        for number in range(1, pairs + 1):
            shared.forget()
            pause = random.choice([0, random.uniform(0, 10)])
            first = shared.start(*options)
            time.sleep(pause)
            second = shared.start(*options)
            ended = [process.wait() for process in (first, second)]
            said = shared.said(latest=2)
            if ended != [0, 0]:
                raise click.ClickException(f"pair {number} ended {ended}:\n{said}")
            trained = len(re.findall(r"Stored \w+, seed \d+", said))
            if trained != TRAININGS:
                raise click.ClickException(f"pair {number}: {trained} trainings")
            if difference := shared.difference(alone) or shared.leftovers():
                raise click.ClickException(f"pair {number}: {difference}")
            click.echo(f"{number:4} {pause:4.1f} s apart: the same")
    click.echo("All right.")


if __name__ == "__main__":
    main()
