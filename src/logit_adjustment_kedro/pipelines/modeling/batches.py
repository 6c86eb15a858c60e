"""The order in which a training sees its images."""

import keras
import numpy as np


class ShuffledBatches(keras.utils.PyDataset):
    """Batches in an order that follows from the seed and the epoch alone.

    Args:
        labels: those of the training set, `[N]`.
        batch_size: images a batch; a last partial batch is dropped.
        seed: the seed of the training.
        deferred_weight: what each label weighs, `[L]`, from `deferred_from` on; before
            that, 1.
        deferred_from: an epoch, counted from 0.
    """

    def __init__(
        self,
        labels: np.ndarray,
        batch_size: int,
        seed: int,
        deferred_weight: np.ndarray,
        deferred_from: float,
    ):
        """See class."""
        super().__init__()
        self._labels = labels.astype("int32")
        self._batch_size = batch_size
        self._seed = seed
        self._deferred_weight = deferred_weight.astype("float32")
        self._deferred_from = deferred_from
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Shuffles for an epoch, counted from 0."""
        random = np.random.default_rng([self._seed, epoch])
        self._order = random.permutation(len(self._labels))
        deferred = self._deferred_weight
        self._weight = deferred if epoch >= self._deferred_from else deferred**0

    def __len__(self) -> int:
        """Returns the number of steps in an epoch."""
        return len(self._order) // self._batch_size

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Returns the rows of a step in the training set, their labels and weights.

        Each is `[B]`: two `int32`, then `float32`.
        """
        rows = self._order[step * self._batch_size : (step + 1) * self._batch_size]
        labels = self._labels[rows]
        return rows.astype("int32"), labels, self._weight[labels]
