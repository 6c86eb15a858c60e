"""Trainings on the workers of a Dask scheduler."""

import logging
import pickle
import platform
import threading
import time
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

from distributed import Client, Worker, as_completed, fire_and_forget, get_worker
from distributed.worker import WORKER_ANY_RUNNING

from .. import __version__
from ..errors import InputError, first_of
from ..files import replacing
from ..runs import configured_backend
from .backend import with_threads
from .bars import Bars
from .jobs import Job, told_of
from .parcels import pack
from .process import ATTEMPTS, Died, Process, show

INTERVAL = 1.0  # seconds, until a worker looks again, or tells how far it is
DELAY = 60.0  # seconds, until a network file system shows what others have written

PACKAGE = __name__.partition(".")[0]
TOKEN_FILE = ".folder"
ALIKE = ("Python", PACKAGE)  # wherever trainings are unpacked

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
        home = _Home.of(jobs[0].places.checkpoints, self._client.id)
        self._look_around(home)
        self._train(jobs, home)

    def _look_around(self, home: "_Home") -> None:
        client, place = self._client, self._client.scheduler.address
        try:
            client.run_on_scheduler(home.expect, f"The scheduler {place}", ALIKE)
            workers = client.run(home.expect_worker)  # of those that are there already
        except (ModuleNotFoundError, AttributeError) as fault:
            raise InputError(
                f"{place}: expected this package where the scheduler and its workers "
                f"run. Received: {fault}"
            ) from None
        logger.info(
            "Training on %d workers of %s, which shows them at %s",
            *(len(workers), place, client.dashboard_link),
        )

    def _train(self, jobs: Sequence[Job], home: "_Home") -> None:
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

    def _submit(self, jobs: Sequence[Job], home: "_Home") -> list[Any]:
        # One group, of which a worker takes the next when it is through with one.
        group = f"train-{uuid4().hex}"
        futures = self._client.map(
            _do,
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


@dataclass(frozen=True)
class _Home:
    """Where trainings come from, and what they find there.

    Attributes:
        folder: holds a file that tells it from others at the same path.
        token: what that file says.
        versions: of what makes the bits of a training, by name.
        client: who is told of them.
    """

    folder: Path
    token: str
    versions: Mapping[str, str]
    client: str

    @classmethod
    def of(cls, folder: Path, client: str) -> "_Home":
        """Returns that of this process, whose folder is made."""
        file = folder / TOKEN_FILE
        if not file.exists():
            with replacing(file) as temporary:
                temporary.write_text(uuid4().hex)
        names = (*ALIKE, "keras", "numpy", configured_backend())
        versions = {name: _version(name) for name in names}
        return cls(folder, file.read_text(), versions, client)

    def expect(self, who: str, names: Iterable[str]) -> None:
        """Expects the same versions here; raises `InputError`, which says whose."""
        for name in names:
            if (found := _version(name)) != self.versions[name]:
                raise InputError(
                    f"{who} has {name} {found}: expected {self.versions[name]}, as "
                    "where the training was asked for"
                )

    def expect_worker(self, dask_worker: Worker) -> None:
        """Expects this worker to have the same versions, and to see the same files."""
        who = f"The worker {dask_worker.address}"  # the argument is named by Dask
        self.expect(who, self.versions)
        file = self.folder / TOKEN_FILE
        if not file.exists() or file.read_text() != self.token:
            raise InputError(
                f"{who} does not see {self.folder}: expected the folder of the "
                "project, shared and at the same path"
            )


def _version(name: str) -> str:
    if name == "Python":
        return platform.python_version()
    if name == PACKAGE:
        return __version__  # also where it is not installed, but on the path
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _wait_until_stored(jobs: Sequence[Job]) -> None:
    since = time.monotonic()
    while left := [one.name for job in jobs for one in job.apart()]:
        if time.monotonic() - since > DELAY:
            raise InputError(
                f"Trained on the cluster, and not found here: {first_of(left)}"
            )
        time.sleep(INTERVAL)


def _do(parcel: bytes, threads: int, backend: str, home: _Home) -> None:
    """Does a job on a worker, in a process that ends where nobody waits for it.

    Raises:
        InputError: this worker is not like the process that asks for the training.
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
