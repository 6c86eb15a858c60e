"""What happens at the seams between the epochs of a training.

Each callback adds what it knows to the epoch's `logs`; those after it read it there.
"""

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from ...datasets import ImageSet
from ...errors import InputError
from ...longtail import accuracy
from ...longtail.methods import PosthocMethod
from .batches import ShuffledBatches
from .checkpoint import Results, save
from .schedule import WarmupThenDrops

TEST_BATCH_SIZE = 1000


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
        logs |= self._read_out(self.logits)
        logs["seconds"] = time.perf_counter() - self._start

    @property
    def read_outs(self) -> str:
        """Names the post-hoc methods that are read out, with their parameters."""
        parameters = {name: m.model_dump() for name, m in self._adjustments.items()}
        return json.dumps(parameters, sort_keys=True)

    def bring_up_to_date(self, earlier: Results) -> Results:
        """Returns results whose read-outs are those of this run.

        An adjustment that changed costs no training. Of the epochs before the last,
        whose logits are gone, its accuracy is unknown: NaN.
        """
        if earlier.read_outs == self.read_outs:
            return earlier
        history = earlier.history.copy()
        for column, value in self._read_out(earlier.logits).items():
            history[column] = np.nan
            history.loc[history.index[-1], column] = value
        return Results(history, earlier.logits, self.read_outs)

    def _read_out(self, logits: np.ndarray) -> dict[str, float]:
        return {
            f"{name}_test_accuracy": accuracy(
                method.adjust(logits, self._class_counts), self._test_set.labels
            )
            for name, method in self._adjustments.items()
        }


class Recorder(keras.callbacks.Callback):
    """Keeps the history, and a checkpoint of every finished epoch.

    Attributes:
        results: what the training has to show so far; None before the first epoch.
    """

    def __init__(
        self, file: Path, seed: int, evaluation: Evaluation, earlier: Results | None
    ):
        """Takes where to write, and what an interrupted training had reached."""
        super().__init__()
        self._file = file
        self._seed = seed
        self._evaluation = evaluation
        self.results = earlier and evaluation.bring_up_to_date(earlier)

    @property
    def epochs_done(self) -> int:
        """How many epochs the training has behind it."""
        return 0 if self.results is None else len(self.results.history)

    def on_epoch_end(self, epoch, logs=None):
        """Adds a row, and writes the checkpoint."""
        first = {"seed": self._seed, "epoch": epoch + 1}
        ordered = ("learning_rate", "train_loss", "train_accuracy")
        first |= {name: logs[name] for name in ordered}
        rows = [] if self.results is None else [self.results.history]
        history = pd.concat([*rows, pd.DataFrame([first | logs])], ignore_index=True)
        evaluation = self._evaluation
        self.results = Results(history, evaluation.logits, evaluation.read_outs)
        save(self._file, self.model, self.results)
