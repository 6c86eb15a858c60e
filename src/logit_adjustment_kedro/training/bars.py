"""What a person sees of trainings while they run."""

import logging
import time
from typing import Protocol

from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column

LOG_INTERVAL = 60  # seconds between the lines of a training that no one watches

logger = logging.getLogger(__name__)


class Shown(Protocol):
    """What a training tells of itself; `name` is what a person calls it."""

    def begin(self, name: str, done: int, epochs: int) -> None:
        """It goes on after so many epochs of all."""

    def move(self, name: str, epochs: float) -> None:
        """So many epochs are done, with a part of the present one."""

    def tell(self, name: str, results: str) -> None:
        """An epoch is over, with these results."""

    def end(self, name: str) -> None:
        """It is over, or was stopped."""


class Bars:
    """A bar for each training, and of several one for all of them.

    Where there is no terminal to draw on, a line of each a minute goes into the log.

    Args:
        trainings: how many there will be.
    """

    def __init__(self, trainings: int = 1):
        # Where there is no room, the bar gives way, and then the results, in two lines.
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None, table_column=Column(ratio=1)),
            TextColumn("{task.fields[results]}", table_column=Column()),
            TimeRemainingColumn(table_column=Column(no_wrap=True)),
            TextColumn("left"),
            expand=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, float] = {}  # when results of it were logged
        self._logged: dict[str, float] = {}  # when anything of it was
        self._over: set[str] = set()
        self._all: TaskID | None = None
        if trainings > 1:
            self._all = self._progress.add_task(
                f"{trainings} trainings", total=trainings, results=""
            )

    def begin(self, name: str, done: int, epochs: int) -> None:
        """Shows a bar: of a training whose process has died, the latest alone."""
        if name in self._tasks:
            self._progress.update(self._tasks[name], visible=False)
        self._tasks[name] = self._progress.add_task(
            name, total=epochs, completed=done, results=f"{done} of {epochs} epochs"
        )
        self._told[name] = self._logged[name] = time.monotonic()
        if self._all is not None:
            self._over.discard(name)
            self._count()
        self._progress.start()

    def move(self, name: str, epochs: float) -> None:
        """Moves a bar, and that of all."""
        self._progress.update(self._tasks[name], completed=epochs)
        if self._is_due(self._logged[name]):
            self._logged[name] = time.monotonic()
            logger.info("%s: %.1f epochs are done", name, epochs)
        if self._all is not None:
            # Others may begin meanwhile, in other threads.
            parts = [self._progress.tasks[t] for t in [*self._tasks.values()]]
            done = sum(task.completed / task.total for task in parts)
            self._progress.update(self._all, completed=done)

    def tell(self, name: str, results: str) -> None:
        """Shows results beside a bar."""
        self._progress.update(self._tasks[name], results=results)
        if self._is_due(self._told[name]):
            self._told[name] = self._logged[name] = time.monotonic()
            logger.info("%s: %s", name, results)

    def _is_due(self, logged: float) -> bool:
        """Says whether the log wants another line, where nobody watches."""
        unseen = not self._progress.console.is_terminal
        return unseen and time.monotonic() - logged >= LOG_INTERVAL

    def end(self, name: str) -> None:
        """Leaves a lone bar as it stands; of several, those that are over go."""
        if self._all is None:
            self._progress.stop()
        else:
            self._progress.update(self._tasks[name], visible=False)
            self._over.add(name)
            told = self._count()
            if not self._progress.console.is_terminal:
                logger.info("Trainings: %s", told)

    def _count(self) -> str:
        """Shows of several how many wait, and so on; returns that."""
        over = len(self._over)
        running = len(self._tasks) - over
        waiting = int(self._progress.tasks[self._all].total) - running - over
        told = f"{waiting} waiting, {running} running, {over} over"
        self._progress.update(self._all, results=told)
        return told

    def close(self) -> None:
        """Leaves the terminal as it was, whatever was stopped."""
        self._progress.stop()
