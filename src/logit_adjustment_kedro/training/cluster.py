"""Trainings on the workers of a Dask scheduler."""

import logging
import pickle
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from distributed import Client, as_completed, fire_and_forget

from ..errors import InputError, first_of
from ..runs import configured_backend
from . import dask_worker
from .bars import Bars
from .dask_worker import INTERVAL
from .home import ALIKE, Home
from .jobs import Job, told_of
from .parcels import pack
from .process import Died, show

DELAY = 60.0  # seconds, until a network file system shows what others have written


logger = logging.getLogger(__name__)


class Cluster:
    """The workers of a Dask scheduler, which train in processes of their own.

    They see the project's files where this process sees them: images are read there,
    and checkpoints and runs are put there. They and the scheduler have this package.

    Args:
        client: is connected to the scheduler.
        detached: whether trainings go on where this process ends before they do.
    """

    def __init__(self, client: Client, detached: bool = False):
        self._client = client
        self._detached = detached

    def train(self, jobs: Sequence[Job]) -> None:
        """Trains jobs and stores their runs; one that fails does not stop the others.

        Raises:
            InputError: some failed, or the scheduler or a worker is not like this
                process.
        """
        home = Home.of(jobs[0].places.checkpoints, self._client.id)
        with self._told_of_workers(self._look_around(home)):
            self._train(jobs, home)

    def _look_around(self, home: Home) -> int:
        """Expects scheduler and workers to be like this; returns how many workers."""
        client, place = self._client, self._client.scheduler.address
        try:
            client.run_on_scheduler(home.expect, f"The scheduler {place}", ALIKE)
            workers = client.run(home.expect_worker)  # of those that are there already
        except Exception as fault:  # of a worker's, Dask hands on the text alone
            if "No module named" not in str(fault) and "no attribute" not in str(fault):
                raise
            raise InputError(
                f"{place}: expected this package where the scheduler and its workers "
                f"run. Received: {fault}"
            ) from None
        logger.info(
            "Training on %d worker(s) of %s, which shows them at %s",
            *(len(workers), place, client.dashboard_link),
        )
        return len(workers)

    @contextmanager
    def _told_of_workers(self, workers: int) -> Iterator[None]:
        """Says when there is no worker, for which trainings wait, and when one comes.

        Args:
            workers: how many there are.
        """
        place = self._client.scheduler.address

        def hear(event: tuple[float, Any]) -> None:
            nonlocal workers
            action = event[1].get("action") if isinstance(event[1], dict) else None
            change = (action == "add-worker") - (action == "remove-worker")
            workers += change
            if change and workers == max(change, 0):  # the first, or the last
                say()

        def say() -> None:
            if workers:
                logger.info("A worker has come to %s", place)
            else:
                logger.warning("No worker is at %s: trainings wait for one", place)

        if not workers:
            say()
        self._client.subscribe_topic("all", hear)
        try:
            yield
        finally:
            self._client.unsubscribe_topic("all")

    def _train(self, jobs: Sequence[Job], home: Home) -> None:
        faults, futures = {}, []
        with self._bars(len(jobs)):
            try:
                futures = self._submit(jobs, home)
                names = {f: job.name for f, job in zip(futures, jobs, strict=True)}
                for future in as_completed(futures):
                    if fault := future.exception():
                        faults[names[future]] = fault
            except BaseException:
                if not self._detached:
                    self._client.cancel(futures)
                raise
        lost = "it was cancelled, or the scheduler is gone; it goes on when asked again"
        faults |= {names[f]: Died(lost) for f in futures if f.status == "cancelled"}
        if faults:
            raise told_of(faults)
        _wait_until_stored(jobs)

    def _submit(self, jobs: Sequence[Job], home: Home) -> list[Any]:
        # One group, of which a worker takes the next when it is through with one.
        group = f"train-{uuid4().hex}"
        futures = self._client.map(
            dask_worker.train,
            [pack(job) for job in jobs],
            key=[(group, job.name) for job in jobs],
            threads=jobs[0].task.recipe.threads,
            backend=configured_backend(),
            home=home,
        )
        if self._detached:
            fire_and_forget(futures)
        return futures

    @contextmanager
    def _bars(self, trainings: int) -> Iterator[None]:
        """Shows what the workers tell, under the name of this client."""
        bars, over = Bars(trainings), threading.Event()

        def hear(event: tuple[float, Any]) -> None:
            _, told = event
            if isinstance(told, bytes) and not over.is_set():  # else the scheduler's
                show(bars, *pickle.loads(told))

        self._client.subscribe_topic(self._client.id, hear)
        try:
            yield
        finally:
            over.set()
            self._client.unsubscribe_topic(self._client.id)
            bars.close()


def _wait_until_stored(jobs: Sequence[Job]) -> None:
    since = time.monotonic()
    while left := [one.name for job in jobs for one in job.apart()]:
        if time.monotonic() - since > DELAY:
            raise InputError(
                f"Trained on the cluster, and not found here: {first_of(left)}"
            )
        time.sleep(INTERVAL)
