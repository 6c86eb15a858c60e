"""What a person sees of a training while it runs: a bar, and TensorBoard's curves."""

import logging
import math
import time
from pathlib import Path

import keras
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

LOG_INTERVAL = 60  # seconds between the lines of a run that no one watches

logger = logging.getLogger(__name__)


class TensorBoardCurves(keras.callbacks.Callback):
    """Writes what the logs hold for TensorBoard, without importing TensorFlow."""

    def __init__(self, folder: Path, continued: bool):
        """Opens a file in the folder of a training.

        Args:
            folder: where the file of events is to lie.
            continued: whether the curves there are of this training's first epochs;
                those of another training are removed.
        """
        super().__init__()
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        if not continued:
            for other in folder.glob("events.out.tfevents.*"):
                other.unlink()
        self._writer = EventFileWriter(str(folder))

    def on_epoch_end(self, epoch, logs=None):
        """Writes a point of each curve, at the number of epochs done."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        known = {name: value for name, value in logs.items() if not math.isnan(value)}
        points = [Summary.Value(tag=k, simple_value=v) for k, v in known.items()]
        self._writer.add_event(
            Event(wall_time=time.time(), step=epoch + 1, summary=Summary(value=points))
        )
        self._writer.flush()

    def close(self):
        """Closes the file."""
        self._writer.close()


class ProgressBar(keras.callbacks.Callback):
    """Shows the epoch, the loss, the test accuracy and the time left.

    Where there is no terminal to draw on, a line in the log once a minute does.
    """

    def __init__(self, training_name: str, epochs_done: int):
        """Takes the name of the training, and how many epochs it has behind it."""
        super().__init__()
        self._training_name = training_name
        self._epochs_done = epochs_done
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("epoch {task.fields[epoch]}{task.fields[results]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )

    def on_train_begin(self, logs=None):
        """Shows the bar."""
        self._epochs = self.params["epochs"]
        self._task = self._progress.add_task(
            self._training_name,
            total=self._epochs * self.params["steps"],
            completed=self._epochs_done * self.params["steps"],
            epoch=f"{self._epochs_done}/{self._epochs}",
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
        results = f"  loss {logs['train_loss']:.3f}"
        if not math.isnan(logs["test_accuracy"]):
            results += f"  test accuracy {logs['test_accuracy']:.1%}"
        self._progress.update(self._task, epoch=done, results=results)
        unseen = not self._progress.console.is_terminal
        if unseen and time.monotonic() - self._logged >= LOG_INTERVAL:
            self._logged = time.monotonic()
            logger.info("%s: epoch %s%s", self._training_name, done, results)

    def close(self):
        """Leaves the bar as it stands, and the terminal as it was."""
        self._progress.stop()
