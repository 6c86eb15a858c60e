"""What happens at the seams between the epochs of a training.

Each callback adds what it knows to the epoch's `logs`; those after it, and Keras's own
history, read it there.
"""

import logging
import math
import time
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ...datasets import ImageSet
from ...errors import InputError
from ...longtail import accuracy
from ...longtail.methods import PosthocMethod
from .batches import ShuffledBatches
from .schedule import WarmupThenDrops

TEST_BATCH_SIZE = 1000
LOG_INTERVAL = 60  # seconds between the lines of a run that no one watches

logger = logging.getLogger(__name__)


class SeedEpoch(keras.callbacks.Callback):
    """Makes shuffling and augmentation follow from (seed, epoch, step) alone."""

    def __init__(self, batches: ShuffledBatches, seed: int):
        """Takes the batches to shuffle and the seed of the training."""
        super().__init__()
        self._batches = batches
        self._seed = seed

    def on_epoch_begin(self, epoch, logs=None):
        """Shuffles, and seeds the augmentation; each step then counts it on."""
        self._batches.set_epoch(epoch)
        (start,) = np.random.SeedSequence([self._seed, epoch]).generate_state(1)
        generator = self.model.get_layer("augmentation").seed_generator
        generator.state.assign([int(start) >> 1, 0])


class TrainingLog(keras.callbacks.Callback):
    """Says what is of the training set, and ends a training that diverged."""

    def __init__(self, training_name: str, schedule: WarmupThenDrops):
        """Takes the name of the training, for the message, and its schedule."""
        super().__init__()
        self._training_name = training_name
        self._schedule = schedule

    def on_epoch_end(self, epoch, logs=None):
        """Renames Keras's metrics and adds the learning rate of the last step.

        Raises:
            InputError: the loss of the epoch is not finite.
        """
        logs["train_loss"] = logs.pop("loss")
        logs["train_accuracy"] = logs.pop("accuracy")
        last_step = self.model.optimizer.iterations - 1
        logs["learning_rate"] = float(self._schedule(last_step))
        if not math.isfinite(logs["train_loss"]):
            raise InputError(
                f"{self._training_name}: the loss became {logs['train_loss']} in epoch "
                f"{epoch + 1}, at a learning rate of {logs['learning_rate']:.3g}. "
                "Try a lower learning_rate.base or a longer learning_rate.warmup."
            )


class Evaluation(keras.callbacks.Callback):
    """Measures the test accuracy of an epoch, plain and with post-hoc adjustments.

    Attributes:
        logits: `[N, L] float32`, those of the test set after the last epoch.
    """

    def __init__(
        self,
        test_set: ImageSet,
        class_counts: np.ndarray,
        adjustments: Mapping[str, PosthocMethod],
    ):
        """Takes the test set, and the post-hoc methods to read out, by name."""
        super().__init__()
        self._test_set = test_set
        self._class_counts = class_counts
        self._adjustments = adjustments

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Adds the accuracies, and the seconds since the epoch began."""
        images, labels = self._test_set.images, self._test_set.labels
        self.logits = np.concatenate(
            [
                self.model.predict_on_batch(images[start : start + TEST_BATCH_SIZE])
                for start in range(0, len(images), TEST_BATCH_SIZE)
            ]
        )
        logs["test_accuracy"] = accuracy(self.logits, labels)
        for name, method in self._adjustments.items():
            adjusted = method.adjust(self.logits, self._class_counts)
            logs[f"{name}_test_accuracy"] = accuracy(adjusted, labels)
        logs["seconds"] = time.perf_counter() - self._start


class TensorBoardCurves(keras.callbacks.Callback):
    """Writes what the logs hold for TensorBoard, without importing TensorFlow."""

    def __init__(self, folder: Path):
        """Takes the folder of one training; curves of an earlier one are removed."""
        super().__init__()
        self._folder = folder

    def on_train_begin(self, logs=None):
        """Opens the file of events."""
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        for earlier in self._folder.glob("events.out.tfevents.*"):
            earlier.unlink()
        self._writer = EventFileWriter(str(self._folder))

    def on_epoch_end(self, epoch, logs=None):
        """Writes a point of each curve, at the number of epochs done."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        points = [Summary.Value(tag=k, simple_value=v) for k, v in logs.items()]
        self._writer.add_event(
            Event(wall_time=time.time(), step=epoch + 1, summary=Summary(value=points))
        )
        self._writer.flush()

    def on_train_end(self, logs=None):
        """Closes the file."""
        self._writer.close()


class ProgressBar(keras.callbacks.Callback):
    """Shows the epoch, the loss, the test accuracy and the time left.

    Where there is no terminal to draw on, a line in the log once a minute does.
    """

    def __init__(self, training_name: str):
        """Takes the name of the training."""
        super().__init__()
        self._training_name = training_name

    def on_train_begin(self, logs=None):
        """Shows the bar."""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("epoch {task.fields[epoch]}{task.fields[results]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._epochs = self.params["epochs"]
        self._task = self._progress.add_task(
            self._training_name,
            total=self._epochs * self.params["steps"],
            epoch=f"0/{self._epochs}",
            results="",
        )
        self._progress.start()
        self._logged = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        """Moves the bar on."""
        self._progress.advance(self._task)

    def on_epoch_end(self, epoch, logs=None):
        """Shows the results of the epoch."""
        done = f"{epoch + 1}/{self._epochs}"
        results = (
            f"  loss {logs['train_loss']:.3f}"
            f"  test accuracy {logs['test_accuracy']:.1%}"
        )
        self._progress.update(self._task, epoch=done, results=results)
        unseen = not self._progress.console.is_terminal
        if unseen and time.monotonic() - self._logged >= LOG_INTERVAL:
            self._logged = time.monotonic()
            logger.info("%s: epoch %s%s", self._training_name, done, results)

    def on_train_end(self, logs=None):
        """Leaves the bar as it stands."""
        self._progress.stop()
