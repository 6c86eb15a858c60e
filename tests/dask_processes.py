"""A scheduler and workers of Dask, each a process of this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

from project_copies import wait_for


@contextmanager
def started(module: str, *options: str | Path, path: str) -> Iterator[subprocess.Popen]:
    """Runs a command of Dask's, with folders before its search path."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *options],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([path, *sys.path])},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler_in(folder: Path, path: str = "") -> Iterator[Path]:
    """Starts a scheduler; gives the file that says where it is, beside `pid`."""
    file = folder / "scheduler.json"
    where = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    files = ("--scheduler-file", file, "--pid-file", folder / "pid")
    with started("dask_scheduler", *where, *files, path=path):
        wait_for(file.exists)
        yield file


@contextmanager
def worker_of(scheduler: Path, path: str = "") -> Iterator[subprocess.Popen]:
    """Starts a worker; gives its process."""
    one = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    with started(
        "dask_worker", *one, "--scheduler-file", scheduler, path=path
    ) as process:
        yield process


@contextmanager
def connected(scheduler: Path) -> Iterator[Client]:
    """Connects to a scheduler."""
    with Client(json.loads(scheduler.read_text())["address"]) as client:
        yield client
