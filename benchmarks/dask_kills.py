"""Kills workers and drivers of a Dask cluster, and looks for what was lost.

    python benchmarks/dask_kills.py --workers=20 --drivers=5 --interrupts=10

The comparison of all methods on the embedded digits, cut to a few epochs, runs once
one training after the other. Then, on a scheduler and two workers of this machine, it
runs undisturbed; while workers are killed at random moments; while its own process is
killed and started again; and while that is interrupted as by Ctrl-C. Tables and logits
must be the same each time, bit for bit, nothing may be trained twice, and no training
may run ten seconds after its driver.
"""

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import psutil
from projects import Project

OPTIONS = ("--env=smoke", "--pipelines=comparison")
PAUSE = (3.0, 20.0)  # seconds between two kills of workers, at random
BEGUN = 20.0  # seconds after which a driver has handed out trainings
GRACE = 10.0  # seconds that trainings may outlive their driver


@contextmanager
def cluster(folder: Path, project: Project) -> Iterator[list[psutil.Process]]:
    """Starts a scheduler and two workers; gives the processes that watch over these."""
    file = folder / "scheduler.json"
    where = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    one = ("--nthreads", "1", "--no-dashboard")
    commands = [("dask_scheduler", *where), ("dask_worker", *one)]
    environment = os.environ | {
        "PYTHONPATH": str(project.path / "src"),
        # Kills come one after the other here, and may well hit one training four times.
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1000",
    }
    with (folder / "dask.txt").open("w") as log:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *options]
                + ["--scheduler-file", file],
                env=environment,
                stdout=log,
                stderr=log,
            )
            for module, *options in (commands[0], commands[1], commands[1])
        ]
    try:
        yield [psutil.Process(process.pid) for process in started[1:]]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def below(nannies: Sequence[psutil.Process], words: str) -> list[psutil.Process]:
    """Returns the processes that nannies have started, by words of their commands."""
    found = []
    for nanny in nannies:
        for child in nanny.children(recursive=True):
            with suppress(psutil.Error):  # it has just ended
                if words in " ".join(child.cmdline()):
                    found.append(child)
    return found


def check(project: Project, whole: Project, runs: int) -> None:
    """Compares a project with the one that was not disturbed.

    Args:
        project: it ran on the cluster.
        whole: it ran alone.
        runs: how many processes of `kedro run` it took.

    Raises:
        click.ClickException: something is missing, different, twice, or left.
    """
    stored = Counter(re.findall(r"Stored (\S+ \S+ \S+)", project.said(latest=runs)))
    twice = [name for name, times in stored.items() if times > 1]
    found = project.difference(whole) or twice or project.leftovers()
    if found:
        raise click.ClickException(f"{found}, see {project.path}")


def disturb(project: Project, options: Sequence[str], end: signal.Signals) -> bool:
    """Starts a run, and ends it after a while; tells whether it was not over before."""
    process = project.start(*options)
    with suppress(subprocess.TimeoutExpired):
        process.wait(BEGUN + random.uniform(0, BEGUN))
    if process.poll() is None:
        os.killpg(process.pid, end)
        process.wait()
        return True
    if process.returncode != 0:
        raise click.ClickException(project.said())
    return False


@click.command()
@click.option("--workers", default=20, show_default=True)
@click.option("--drivers", default=5, show_default=True)
@click.option("--interrupts", default=10, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Of the random moments.")
def main(workers: int, drivers: int, interrupts: int, seed: int) -> None:
    """Kills workers and drivers, and compares with an undisturbed run."""
    random.seed(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, project = Project(folder / "whole"), Project(folder / "cluster")
        whole.run(*OPTIONS, "--params=training.at_once=1")
        with cluster(folder, project) as nannies:
            options = (
                *OPTIONS,
                "--runner=logit_adjustment_kedro.runner.DaskRunner",
                f"--runner-params=scheduler_file={folder / 'scheduler.json'}",
            )
            time.sleep(BEGUN)
            project.run(*options)
            check(project, whole, runs=1)
            click.echo("Undisturbed: the same.")

            killed = 0
            while killed < workers:
                project.forget()
                process = project.start(*options)
                time.sleep(BEGUN)
                while killed < workers and process.poll() is None:
                    if workers_left := below(nannies, "spawn_main"):
                        random.choice(workers_left).kill()  # its nanny starts another
                        killed += 1
                    time.sleep(random.uniform(*PAUSE))
                if process.wait() != 0:
                    raise click.ClickException(project.said())
                check(project, whole, runs=1)
            click.echo(f"{killed} workers killed: the same.")

            for times, end in ((drivers, signal.SIGKILL), (interrupts, signal.SIGINT)):
                project.forget()
                ended = runs = 0
                while ended < times:
                    runs += 1
                    if not disturb(project, options, end):
                        check(project, whole, runs)
                        project.forget()
                        runs = 0
                        continue
                    ended += 1
                    training = below(nannies, "training.worker")
                    _, left = psutil.wait_procs(training, timeout=GRACE)
                    if left:
                        raise click.ClickException(f"{end.name}: {left} still train")
                project.run(*options)
                check(project, whole, runs + 1)
                click.echo(f"{times} drivers ended by {end.name}: the same.")
    click.echo("Nothing lost.")


if __name__ == "__main__":
    main()
