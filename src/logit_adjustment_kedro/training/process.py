"""A process that trains, seen from the one that it works for."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from .bars import Shown
from .parcels import receive, send

ATTEMPTS = 2  # at a training whose process dies under it, until it is given up
PATIENCE = 2.0  # seconds that a process has to end by itself


class Died(Exception):
    """A process ended in the midst of a training; the text says how."""


class Process:
    """A worker, and the ways to it and from it. It ends with this process.

    Args:
        environment: its variables.
    """

    def __init__(self, environment: Mapping[str, str]):
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def do(self, parcel: bytes, hear: Callable[..., None]) -> None:
        """Has a job done.

        Args:
            parcel: the job, as `pack` makes it.
            hear: called with each message of it, for `show`.

        Raises:
            Died: the process has ended.
            Exception: what the job has raised.
        """
        try:
            send(self._process.stdin, parcel)
        except (OSError, ValueError):  # its pipe is broken, or was closed here
            raise Died(_how_it_ended(self._process.wait())) from None
        while True:
            try:
                kind, *told = receive(self._process.stdout)()
            except EOFError:
                raise Died(_how_it_ended(self._process.wait())) from None
            if kind == "done":
                return
            if kind == "failed":
                raise told[0]
            hear(kind, *told)

    def close(self) -> None:
        """Closes its pipe, upon which it ends by itself."""
        with suppress(OSError):  # it has ended
            self._process.stdin.close()

    def kill(self) -> None:
        """Ends it at once, whatever it is doing; its checkpoint stays."""
        self._process.kill()

    def end(self) -> None:
        """Waits until it has ended, and sees to it."""
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def show(shown: Shown, kind: str, *told: Any) -> None:
    """Hands a message of a job on: to the log, or to what a person sees."""
    if kind == "log":
        speaker = logging.getLogger(told[0].name)
        if speaker.isEnabledFor(told[0].levelno):  # of here: there, levels are others
            speaker.handle(told[0])
    else:
        getattr(shown, kind)(*told)


def _how_it_ended(code: int) -> str:
    if code < 0:
        memory = "; the system may have run out of memory" if code == -9 else ""
        return f"its process was ended by signal {-code}{memory}"
    return f"its process ended with code {code}"
