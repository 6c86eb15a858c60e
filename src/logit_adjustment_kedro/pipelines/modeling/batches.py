"""The order in which a training sees its images."""

import keras
import numpy as np


class ShuffledBatches(keras.utils.PyDataset):
    """Batches in an order that follows from the seed and the epoch alone.

    Args:
        labels: those of the training set, `[N]`.
        batch_size: images a batch; a last partial batch is dropped.
        seed: the seed of the training.
    """

    def __init__(self, labels: np.ndarray, batch_size: int, seed: int):
        """See class."""
        super().__init__()
        self._labels = labels.astype("int32")
        self._batch_size = batch_size
        self._seed = seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Shuffles for an epoch, counted from 0."""
        random = np.random.default_rng([self._seed, epoch])
        self._order = random.permutation(len(self._labels))

    def __len__(self) -> int:
        """Returns the number of steps in an epoch."""
        return len(self._order) // self._batch_size

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the rows of a step in the training set, and labels, `[B] int32`."""
        rows = self._order[step * self._batch_size : (step + 1) * self._batch_size]
        return rows.astype("int32"), self._labels[rows]
