"""How the images of a batch reach the network, and in which order.

Training images of up to `ON_DEVICE` bytes cross to the device once; more stay where
they are, on the disk as a rule, and each batch is read there. On a CPU both end in the
same weights, to the bit.
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import keras
import numpy as np
from keras import ops

from ..images import ImageSet

if TYPE_CHECKING:
    import tensorflow as tf

ON_DEVICE = 2**29  # bytes
READ_AHEAD = 2  # batches, while a step computes


class Feeding(ABC):
    """The way of the training images to the network.

    Attributes:
        inputs: what the model that is trained takes; one element a `batch`.
        images: the images that follow from it, `[B, H, W, C]` of the set's dtype.
        reads_images: whether the host reads images for each step.
    """

    reads_images: ClassVar[bool] = False
    inputs: keras.KerasTensor
    images: keras.KerasTensor

    @abstractmethod
    def batch(self, rows: np.ndarray) -> np.ndarray:
        """Returns what goes in for these rows of the training set, `[B] int64`."""


def feeding_of(images: ImageSet) -> Feeding:
    """Returns the way for these training images, by how large they are."""
    size = len(images) * images.image_bytes
    return (OnDevice if size <= ON_DEVICE else Streamed)(images)


class OnDevice(Feeding):
    """All images cross to the device once; after that, a step costs row numbers.

    Args:
        images: the training images.
    """

    def __init__(self, images: ImageSet):
        self.inputs = keras.Input((), dtype="int32", name="rows")
        self.images = _Images(images.images)(self.inputs)

    def batch(self, rows: np.ndarray) -> np.ndarray:
        """Returns the row numbers, `[B] int32`."""
        return rows.astype("int32")


class Streamed(Feeding):
    """Each step reads its images, and they cross to the device.

    Args:
        images: the training images.
    """

    reads_images = True

    def __init__(self, images: ImageSet):
        self._set = images
        dtype = images.DTYPE.name
        self.inputs = keras.Input(images.image_shape, dtype=dtype, name="images")
        self.images = self.inputs

    def batch(self, rows: np.ndarray) -> np.ndarray:
        """Returns the images, `[B, H, W, C]`."""
        return self._set.read(rows)


class _Images(keras.layers.Layer):
    """Takes images by their row numbers from those on the device."""

    def __init__(self, images: np.ndarray):
        super().__init__()
        self._images = self.add_weight(
            shape=images.shape,
            dtype=images.dtype.name,
            initializer="zeros",
            trainable=False,
        )
        self._images.assign(images)

    def call(self, rows):
        """Returns `[B, H, W, C]`, given `[B] int32`."""
        return ops.take(self._images, rows, axis=0)


class ShuffledBatches(keras.utils.PyDataset):
    """Batches in an order that follows from the seed and the epoch alone.

    Args:
        feeding: what a batch is made of.
        labels: those of the training set, `[N]`.
        batch_size: images a batch; a last partial batch is dropped.
        seed: the seed of the training.
        deferred_weight: what each label weighs, `[L]`, from `deferred_from` on, before
            the weights of a batch are divided by their mean; until then, 1.
        deferred_from: an epoch, counted from 0.
        balanced: whether an image is drawn, again and again, from a class that was
            drawn before it, all classes alike; else each image is shown once an epoch.
    """

    def __init__(
        self,
        feeding: Feeding,
        labels: np.ndarray,
        batch_size: int,
        seed: int,
        deferred_weight: np.ndarray,
        deferred_from: float,
        balanced: bool = False,
    ):
        super().__init__()
        self._feeding = feeding
        self._labels = labels.astype("int32")
        self._batch_size = batch_size
        self._seed = seed
        self._deferred_weight = deferred_weight.astype("float32")
        self._deferred_from = deferred_from
        self._balanced = balanced
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Shuffles for an epoch, counted from 0."""
        # Not from a generator that goes on: an epoch after an interruption would then
        # be shuffled otherwise than without one.
        random = np.random.default_rng([self._seed, epoch])
        draw = _by_class if self._balanced else _permutation
        self._order = draw(random, self._labels)
        deferred = self._deferred_weight
        self._weight = deferred if epoch >= self._deferred_from else deferred**0

    def __len__(self) -> int:
        """Returns the number of steps in an epoch."""
        return len(self._order) // self._batch_size

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Returns inputs, labels and weights of a step, as Keras wants them.

        Each has `B` elements; labels are `int32`, weights `float32`.
        """
        rows = self._order[step * self._batch_size : (step + 1) * self._batch_size]
        labels = self._labels[rows]
        weights = self._weight[labels]
        return self._feeding.batch(rows), labels, weights / weights.mean()


def as_fitted(batches: ShuffledBatches) -> "ShuffledBatches | tf.data.Dataset":
    """Returns batches as `keras.Model.fit` is to be given them.

    On TensorFlow, Keras would make a pipeline that tunes itself. There is nothing to
    tune; and the thread that does it may not hear that an epoch has ended, and keep it
    from ending, for ten seconds.

    Returns:
        The batches themselves; or, on TensorFlow, a pipeline of what they are, as
        tensors, in the order of the epoch that is set when its iterator is made.
    """
    if keras.backend.backend() != "tensorflow":
        return batches
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    return (
        tf.data.Dataset.from_generator(
            lambda: iter(batches),
            output_signature=tuple(map(tf.type_spec_from_value, batches[0])),
        )
        .apply(tf.data.experimental.assert_cardinality(len(batches)))
        .prefetch(READ_AHEAD)
        .with_options(options)
    )


def _permutation(random: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """Returns all rows, each once, `[N] int64`."""
    return random.permutation(len(labels))


def _by_class(random: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """Returns as many rows as there are, with replacement, `[N] int64`."""
    _, counts = np.unique(labels, return_counts=True)
    classes = random.integers(len(counts), size=len(labels))
    first = np.cumsum(counts) - counts  # of each class, where they lie class by class
    drawn = first[classes] + random.integers(counts[classes])
    return np.argsort(labels, kind="stable")[drawn]
