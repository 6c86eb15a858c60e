"""What a worker of a Dask cluster does: a training, in a process of its own."""

import logging
import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Worker, get_worker
from distributed.worker import WORKER_ANY_RUNNING

from ..errors import InputError
from .backend import with_threads
from .home import Home
from .parcels import pack
from .process import ATTEMPTS, Died, Process

INTERVAL = 1.0  # seconds, until it looks again, or tells how far it is


def train(parcel: bytes, threads: int, backend: str, home: Home) -> None:
    """Does a job, in a process that ends where nobody waits for it.

    Args:
        parcel: the job, as `pack` makes it.
        threads: that it computes with.
        backend: of Keras.
        home: where it comes from.

    Raises:
        InputError: this worker is not like the process that asks for the training, or
            the training meets a fault of its machine, such as a full disk.
        Died: the process ended by itself, more than once.
        Exception: what the job has raised.
    """
    worker = get_worker()
    home.expect_worker(worker)
    key = worker.get_current_task()
    environment = with_threads(threads) | {"KERAS_BACKEND": backend}
    teller = _Teller(worker, home.client)
    for attempt in range(1, ATTEMPTS + 1):
        process = Process(environment)
        try:
            with _watched(process, worker, key):
                process.do(parcel, teller)
            return
        except OSError as fault:  # such as a full disk
            told = f"{fault}, on the worker {worker.address}"
            raise InputError(told) from None
        except Died as fault:
            if attempt == ATTEMPTS or not _is_wanted(worker, key):
                raise
            teller.warn(f"{key[-1]}: {fault}. It is tried again.")


@contextmanager
def _watched(process: Process, worker: Worker, key: Hashable) -> Iterator[None]:
    """Ends a process once its training is cancelled, or who asked for it is gone."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(INTERVAL):
            if not _is_wanted(worker, key):
                process.kill()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        process.close()
        process.end()


def _is_wanted(worker: Worker, key: Hashable) -> bool:
    task = worker.state.tasks.get(key)
    stays = worker.status in WORKER_ANY_RUNNING  # else another one has it already
    return stays and task is not None and task.state == "executing"


class _Teller:
    """Hands the messages of a job on to whoever asked for it; of moves, not all."""

    def __init__(self, worker: Worker, client: str):
        self._worker = worker
        self._client = client
        self._moved = 0.0

    def __call__(self, kind: str, *told: Any) -> None:
        if kind == "move":
            if time.monotonic() - self._moved < INTERVAL:
                return
            self._moved = time.monotonic()
        self._worker.log_event(self._client, pack((kind, *told)))

    def warn(self, text: str) -> None:
        """Has a warning written into the log of whoever asked for the job."""
        level = {"levelno": logging.WARNING, "levelname": "WARNING"}
        self("log", logging.makeLogRecord({"name": __name__, "msg": text} | level))
