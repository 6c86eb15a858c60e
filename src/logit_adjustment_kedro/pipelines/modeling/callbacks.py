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
from ...longtail.method import PosthocMethod
from .batches import ShuffledBatches
from .checkpoint import Results, restore, save
from .classifier import classifier_of
from .schedule import WarmupThenDecay

TEST_BATCH_SIZE = 1000


class SeedEpoch(keras.callbacks.Callback):
    """Makes shuffling and augmentation follow from (seed, epoch, step) alone."""

    def __init__(self, batches: ShuffledBatches, network: keras.Model, seed: int):
        """Takes the batches to shuffle, the network, and the seed of the training."""
        super().__init__()
        self._batches = batches
        self._augmentation = network.get_layer("augmentation")
        self._seed = seed

    def on_epoch_begin(self, epoch, logs=None):
        """Shuffles, and seeds the augmentation; each step then counts it on."""
        self._batches.set_epoch(epoch)
        (start,) = np.random.SeedSequence([self._seed, epoch]).generate_state(1)
        self._augmentation.seed_generator.state.assign([int(start) >> 1, 0])


class TrainingLog(keras.callbacks.Callback):
    """Says what is of the training set, and ends a training that diverged."""

    def __init__(self, training_name: str, schedule: WarmupThenDecay):
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
        last_step = (epoch + 1) * self.params["steps"] - 1
        logs["learning_rate"] = float(self._schedule(last_step))
        if not math.isfinite(logs["train_loss"]):
            raise InputError(
                f"{self._training_name}: the loss became {logs['train_loss']} in epoch "
                f"{epoch + 1}, at a learning rate of {logs['learning_rate']:.3g}. "
                "Try a lower learning_rate.base or a longer learning_rate.warmup."
            )


class Evaluation(keras.callbacks.Callback):
    """Measures the test accuracy, plain and with post-hoc adjustments.

    Attributes:
        logits: `[N, L] float32`, those of the test set when it was last measured; no
            rows before that.
    """

    def __init__(
        self,
        network: keras.Model,
        test_set: ImageSet,
        class_counts: np.ndarray,
        adjustments: Mapping[str, PosthocMethod],
        every: int,
    ):
        """Takes what to measure, on what, and every how many epochs.

        The post-hoc methods in `adjustments` are read out too, each under its name.
        """
        super().__init__()
        self._network = network
        self._test_set = test_set
        self._class_counts = class_counts
        self._adjustments = adjustments
        self._every = every
        self.logits = np.empty((0, len(class_counts)), "float32")

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Adds the accuracies, and the seconds since the epoch began.

        In an epoch that is not measured, the accuracies are NaN.
        """
        done = epoch + 1
        if done % self._every == 0 or done == self.params["epochs"]:
            self.logits = predict(self._network, self._test_set.images)
            logs |= self._accuracies()
        else:
            logs |= dict.fromkeys(self._columns, math.nan)
        logs["seconds"] = time.perf_counter() - self._start

    @property
    def read_outs(self) -> str:
        """Names the post-hoc methods that are read out, with their parameters."""
        parameters = {name: m.model_dump() for name, m in self._adjustments.items()}
        return json.dumps(parameters, sort_keys=True)

    def bring_up_to_date(self, earlier: Results) -> Results:
        """Goes on from earlier results; returns them with the read-outs of this run.

        An adjustment that changed costs no training. Of the epochs before the last one,
        whose logits and weights are gone, its accuracy is unknown: NaN.
        """
        self.logits = earlier.logits
        if earlier.read_outs == self.read_outs:
            return earlier
        history = earlier.history.copy()
        history[self._columns[1:]] = np.nan
        if not math.isnan(history["test_accuracy"].iloc[-1]):
            accuracies = self._accuracies()
            history.loc[history.index[-1], list(accuracies)] = list(accuracies.values())
        return Results(history, earlier.logits, self.read_outs)

    @property
    def _columns(self) -> list[str]:
        return ["test_accuracy", *(f"{n}_test_accuracy" for n in self._adjustments)]

    def _accuracies(self) -> dict[str, float]:
        classifier = classifier_of(self._network, self._class_counts)
        adjusted = [
            method.adjust(self.logits, classifier)
            for method in self._adjustments.values()
        ]
        labels = self._test_set.labels
        read_out = [accuracy(logits, labels) for logits in (self.logits, *adjusted)]
        return dict(zip(self._columns, read_out, strict=True))


def predict(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """Returns the logits of images, `[N, L] float32`."""
    batches = range(0, len(images), TEST_BATCH_SIZE)
    return np.concatenate(
        [network.predict_on_batch(images[i : i + TEST_BATCH_SIZE]) for i in batches]
    )


class Recorder(keras.callbacks.Callback):
    """Keeps the history, and a checkpoint of every finished epoch.

    Attributes:
        results: what the training has to show so far; None before the first epoch.
    """

    def __init__(
        self,
        file: Path,
        state: list[keras.Variable],
        seed: int,
        evaluation: Evaluation,
    ):
        """Takes where to write what, and goes on from what is written there."""
        super().__init__()
        self._file = file
        self._state = state
        self._seed = seed
        self._evaluation = evaluation
        earlier = restore(file, state)
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
        save(self._file, self._state, self.results)
