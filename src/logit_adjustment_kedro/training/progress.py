"""What a person sees of a training while it runs."""

import logging
import time

import keras
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .diary import Diary

LOG_INTERVAL = 60  # seconds between the lines of a run that no one watches

logger = logging.getLogger(__name__)


class ProgressBar(keras.callbacks.Callback):
    """Shows the epoch, the loss, the accuracy and the time left.

    Where there is no terminal to draw on, a line in the log once a minute does.

    Args:
        training_name: what to call it.
        diary: what the training has to show.
        part: what the network is measured on.
    """

    def __init__(self, training_name: str, diary: Diary, part: str):
        super().__init__()
        self._training_name = training_name
        self._diary = diary
        self._part = part.replace("_", "-")
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("epoch {task.fields[epoch]}{task.fields[results]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )

    def on_train_begin(self, logs=None):
        """Shows the bar."""
        done, self._epochs = len(self._diary.epochs), self.params["epochs"]
        self._task = self._progress.add_task(
            self._training_name,
            total=self._epochs * self.params["steps"],
            completed=done * self.params["steps"],
            epoch=f"{done}/{self._epochs}",
            results="",
        )
        self._progress.start()
        self._logged = time.monotonic()

    def on_epoch_begin(self, epoch, logs=None):
        """Notes where the bar stands."""
        self._steps_before = epoch * self.params["steps"]

    def on_train_batch_end(self, batch, logs=None):
        """Moves the bar on, to the last step that was computed."""
        self._progress.update(self._task, completed=self._steps_before + batch + 1)

    def on_epoch_end(self, epoch, logs=None):
        """Shows the results of the epoch."""
        done = f"{epoch + 1}/{self._epochs}"
        results = f"  loss {self._diary.epochs[-1]['train_loss']:.3f}"
        if measured := self._diary.last_accuracies():
            results += f"  {self._part} accuracy {measured[0]['accuracy']:.1%}"
        self._progress.update(self._task, epoch=done, results=results)
        unseen = not self._progress.console.is_terminal
        if unseen and time.monotonic() - self._logged >= LOG_INTERVAL:
            self._logged = time.monotonic()
            logger.info("%s: epoch %s%s", self._training_name, done, results)

    def close(self) -> None:
        """Leaves the bar as it stands, and the terminal as it was."""
        self._progress.stop()
