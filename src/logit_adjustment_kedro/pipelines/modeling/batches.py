"""The order in which a training sees its images."""

import keras
import numpy as np

from ...datasets import ImageSet


class ShuffledBatches(keras.utils.PyDataset):
    """Batches in an order that follows from the seed and the epoch alone.

    Args:
        image_set: the training images.
        batch_size: images a batch; a last partial batch is dropped.
        seed: the seed of the training.
    """

    def __init__(self, image_set: ImageSet, batch_size: int, seed: int):
        """See class."""
        super().__init__()
        self._image_set = image_set
        self._batch_size = batch_size
        self._seed = seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Shuffles for an epoch, counted from 0."""
        random = np.random.default_rng([self._seed, epoch])
        self._order = random.permutation(len(self._image_set.labels))

    def __len__(self) -> int:
        """Returns the number of steps in an epoch."""
        return len(self._order) // self._batch_size

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns images `[B, H, W, C] uint8` and labels `[B] int64` of a step."""
        rows = self._order[step * self._batch_size : (step + 1) * self._batch_size]
        return self._image_set.images[rows], self._image_set.labels[rows]
