"""A process that trains what it is handed, for `Process`.

    python -m logit_adjustment_kedro.training.worker

Jobs come in pickled, and what is told goes out pickled: records of the log, what a bar
shows, and of each job whether it was done. It ends as soon as nobody listens any more.
"""

import logging
import os
import pickle
import signal
import sys
import threading
from queue import SimpleQueue
from typing import BinaryIO

from .parcels import pack, receive, send


class Outbox:
    """What goes to the process that this one works for; `Shown`, for one.

    Args:
        stream: its end of the pipe.
    """

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._one_at_a_time = threading.Lock()

    def say(self, kind: str, *told: object) -> None:
        """Sends a message."""
        with self._one_at_a_time:
            send(self._stream, pack((kind, *told)))

    def begin(self, name: str, done: int, epochs: int) -> None:
        """See `Shown`."""
        self.say("begin", name, done, epochs)

    def move(self, name: str, epochs: float) -> None:
        """See `Shown`."""
        self.say("move", name, epochs)

    def tell(self, name: str, results: str) -> None:
        """See `Shown`."""
        self.say("tell", name, results)

    def end(self, name: str) -> None:
        """See `Shown`."""
        self.say("end", name)


class Told(logging.Handler):
    """Hands the records of the log on."""

    def __init__(self, outbox: Outbox):
        super().__init__()
        self._outbox = outbox

    def emit(self, record: logging.LogRecord) -> None:
        """Sends a record, with its text made."""
        record.msg, record.args, record.exc_info = self.format(record), None, None
        self._outbox.say("log", record)


def main() -> None:
    """Does one job after the other, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who hands out the jobs hears it
    outbox = Outbox(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what a library prints is no message
    jobs: SimpleQueue = SimpleQueue()
    inbox = threading.Thread(
        target=_receive, args=(sys.stdin.buffer, jobs), daemon=True
    )
    inbox.start()
    logging.getLogger().addHandler(Told(outbox))
    logging.getLogger(__package__.partition(".")[0]).setLevel(logging.INFO)
    while True:
        arrived = jobs.get()
        try:
            arrived().do(outbox)
        except Exception as fault:
            outbox.say("failed", _that_travels(fault))
        else:
            outbox.say("done")


def _receive(stream: BinaryIO, jobs: SimpleQueue) -> None:
    """Puts what comes in into the queue, and ends this process where nothing will."""
    while True:
        try:
            jobs.put(receive(stream))
        except EOFError:
            os._exit(0)


def _that_travels(fault: Exception) -> Exception:
    """Returns a fault, or what it says, where it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(fault))
    except Exception:  # whatever an exception of others does there
        return RuntimeError(f"{type(fault).__name__}: {fault}")
    return fault


if __name__ == "__main__":
    main()
