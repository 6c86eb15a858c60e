"""What happens at the seams between the epochs of a training.

They act in the order in which the engine lists them, on one `Diary`.
"""

import math
import time

import keras
import numpy as np

from ..errors import InputError
from .checkpoint import Checkpoint
from .diary import Diary
from .evaluation import Evaluation
from .feeding import ShuffledBatches
from .schedule import WarmupThenDecay


class SeedEpoch(keras.callbacks.Callback):
    """Makes shuffling and augmentation follow from (seed, epoch, step) alone.

    Keras's generators go on from where they stand, and where they stand is no part of a
    saved model: a training that was interrupted would end otherwise than one that was
    not.

    Args:
        batches: what to shuffle.
        network: whose layer `augmentation` is to be seeded.
        seed: that of the training.
    """

    def __init__(self, batches: ShuffledBatches, network: keras.Model, seed: int):
        super().__init__()
        self._batches = batches
        self._augmentation = network.get_layer("augmentation")
        self._seed = seed

    def on_epoch_begin(self, epoch, logs=None):
        """Shuffles, and seeds the augmentation; each step then counts it on."""
        self._batches.set_epoch(epoch)
        (start,) = np.random.SeedSequence([self._seed, epoch]).generate_state(1)
        self._augmentation.seed_generator.state.assign([int(start) >> 1, 0])


class EpochLog(keras.callbacks.Callback):
    """Measures each epoch and writes it down, and ends a training that diverged.

    Args:
        training_name: for messages.
        schedule: that of the learning rate.
        evaluation: what measures the accuracy.
        diary: where to write.
    """

    def __init__(
        self,
        training_name: str,
        schedule: WarmupThenDecay,
        evaluation: Evaluation,
        diary: Diary,
    ):
        super().__init__()
        self._training_name = training_name
        self._schedule = schedule
        self._evaluation = evaluation
        self._diary = diary

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Adds the row; its seconds go from the start of the epoch to here.

        Raises:
            InputError: the loss of the epoch is not finite, or the logits after it.
        """
        last_step = (epoch + 1) * self.params["steps"] - 1
        rate = float(self._schedule(last_step))
        if not math.isfinite(logs["loss"]):
            raise self._diverged(f"the loss became {logs['loss']}", epoch, rate)
        if not self._evaluation.after(epoch + 1, self.params["epochs"]):
            raise self._diverged("logits became infinite or NaN", epoch, rate)
        self._diary.epochs.append(
            {
                "epoch": epoch + 1,
                "learning_rate": rate,
                "train_loss": logs["loss"],
                "train_accuracy": logs["accuracy"],
                "seconds": time.perf_counter() - self._start,
            }
        )

    def _diverged(self, what: str, epoch: int, rate: float) -> InputError:
        return InputError(
            f"{self._training_name}: {what} in epoch {epoch + 1}, at a learning rate "
            f"of {rate:.3g}. Try a lower learning_rate.base or a longer "
            "learning_rate.warmup."
        )


class Recorder(keras.callbacks.Callback):
    """Keeps a checkpoint of every finished epoch.

    Args:
        checkpoint: where and what to write.
        diary: what the training has to show.
    """

    def __init__(self, checkpoint: Checkpoint, diary: Diary):
        super().__init__()
        self._checkpoint = checkpoint
        self._diary = diary

    def on_epoch_end(self, epoch, logs=None):
        """Writes the checkpoint."""
        self._checkpoint.save(self._diary)
