"""Processes that train side by side."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec

from .backend import with_threads
from .bars import Bars
from .jobs import Job, told_of
from .parcels import pack
from .process import ATTEMPTS, Died, Process, show

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
        self._environment = with_threads(threads)
        self._ended = False
        self._changing = threading.Lock()
        self._processes = [Process(self._environment) for _ in range(count)]

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
            raise told_of(faults)

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
                self._processes[place].do(pack(job), partial(show, bars))
            except Died as fault:
                with self._changing:
                    if self._ended:
                        return
                    self._processes[place] = Process(self._environment)
                died[job.name] += 1
                if died[job.name] < ATTEMPTS:
                    logger.warning("%s: %s. It is tried again.", job.name, fault)
                    waiting.append(job)
                else:
                    faults[job.name] = fault
            except Exception as fault:  # whatever a training may raise
                faults[job.name] = fault
