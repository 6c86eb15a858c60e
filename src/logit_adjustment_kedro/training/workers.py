"""Processes that train side by side."""

import logging
import os
import subprocess
import sys
import threading
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from ..errors import InputError
from .backend import with_threads
from .bars import Bars, Shown
from .jobs import Job
from .parcels import receive, send

ATTEMPTS = 2  # at a training whose process dies under it, until it is given up
PATIENCE = 2.0  # seconds that a process has to end by itself

logger = logging.getLogger(__name__)


class Workers:
    """Processes of this machine, each with a Keras of its own.

    They end with this process, however it ends.

    Args:
        count: how many there are.
        threads: that each computes with.

    Raises:
        ModuleNotFoundError: Keras is not installed.
    """

    def __init__(self, count: int, threads: int):
        if find_spec("keras") is None:
            raise ModuleNotFoundError("No module named 'keras'", name="keras")
        self._threads = threads
        self._ended = False
        self._changing = threading.Lock()
        self._processes = [_Process(threads) for _ in range(count)]

    def train(self, jobs: Sequence[Job]) -> None:
        """Trains jobs and stores their runs; one that fails does not stop the others.

        Raises:
            InputError: some failed.
        """
        waiting, faults, died = deque(jobs), {}, Counter()
        bars = Bars(len(jobs))
        threads = [
            threading.Thread(
                target=self._serve, args=(place, waiting, bars, faults, died)
            )
            for place in range(min(len(self._processes), len(jobs)))
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)  # so that Ctrl-C is heard on all systems
        except BaseException:
            self.end()
            raise
        finally:
            bars.close()
        if faults:
            raise InputError(
                "; ".join(f"{name}: {fault}" for name, fault in faults.items())
            )

    def end(self) -> None:
        """Ends all processes, and what they are training; the checkpoints stay."""
        with self._changing:
            self._ended = True
        for process in self._processes:
            process.close()
        for process in self._processes:
            process.end()

    def _serve(
        self,
        place: int,
        waiting: deque[Job],
        bars: Bars,
        faults: dict[str, Exception],
        died: Counter[str],
    ) -> None:
        """Hands one job after the other to a process, which is replaced if it dies."""
        while True:
            try:
                job = waiting.popleft()
            except IndexError:
                return
            try:
                self._processes[place].do(job, bars)
            except Died as fault:
                with self._changing:
                    if self._ended:
                        return
                    self._processes[place] = _Process(self._threads)
                died[job.name] += 1
                if died[job.name] < ATTEMPTS:
                    logger.warning("%s: %s. It is tried again.", job.name, fault)
                    waiting.append(job)
                else:
                    faults[job.name] = fault
            except Exception as fault:  # whatever a training may raise
                faults[job.name] = fault


class Died(Exception):
    """A process ended in the midst of a training; the text says how."""


class _Process:
    """A worker, and the ways to it and from it."""

    def __init__(self, threads: int):
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=with_threads(threads) | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def do(self, job: Job, shown: Shown) -> None:
        """Has a job done, and shows what is told of it.

        Raises:
            Died: the process has ended.
            Exception: what the job has raised.
        """
        self._send(job)
        while True:
            kind, *told = self._told()
            if kind == "done":
                return
            if kind == "failed":
                raise told[0]
            if kind == "log":
                logging.getLogger(told[0].name).handle(told[0])
            else:
                getattr(shown, kind)(*told)

    def _send(self, job: Job) -> None:
        try:
            send(self._process.stdin, job)
        except OSError:
            raise Died(_how_it_ended(self._process.wait())) from None

    def _told(self) -> tuple[Any, ...]:
        try:
            return receive(self._process.stdout)()
        except EOFError:
            raise Died(_how_it_ended(self._process.wait())) from None

    def close(self) -> None:
        """Closes its pipe, upon which it ends by itself."""
        with suppress(OSError):  # it has ended
            self._process.stdin.close()

    def end(self) -> None:
        """Waits until it has ended, and sees to it."""
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _how_it_ended(code: int) -> str:
    if code < 0:
        memory = "; the system may have run out of memory" if code == -9 else ""
        return f"its process was ended by signal {-code}{memory}"
    return f"its process ended with code {code}"
