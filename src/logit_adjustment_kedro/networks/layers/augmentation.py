"""A layer that augments the images of a batch, each image on its own."""

import math
from collections.abc import Mapping, Sequence

import keras
from keras import ops

from ..augmentations import AUGMENTATIONS, Augmentation, Geometric, Photometric


class Draw:
    """Random numbers for the images of a batch, as a seed generator goes on.

    Args:
        seed_generator: whose state decides; each draw moves it on.
        batch: how many images there are, `N`.
    """

    def __init__(self, seed_generator: keras.random.SeedGenerator, batch):
        self._seed_generator = seed_generator
        self._batch = batch

    def choice(self, choices: int):
        """Returns `[N, 1] int32`, uniform in `[0, choices)`."""
        return keras.random.randint(
            (self._batch, 1), 0, choices, dtype="int32", seed=self._seed_generator
        )

    def uniform(self, most: float, *shape: int):
        """Returns `[N, *shape] float32`, uniform in `[-most, most)`."""
        return keras.random.uniform(
            (self._batch, *shape),
            -most,
            most,
            dtype="float32",
            seed=self._seed_generator,
        )

    def factor(self, most: float, *shape: int):
        """Returns `[N, *shape] float32` in `[1 / most, most)`, logarithms uniform."""
        return ops.exp(self.uniform(math.log(most), *shape))


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class Augment(keras.layers.Layer):
    """Augments images at random, while training.

    Random numbers are drawn for each image, where `keras.layers.RandomCrop` draws once
    for the whole batch. They follow from the state of `seed_generator` alone, which a
    training sets at the start of an epoch.

    Args:
        augmentations: which ones, by their names in `AUGMENTATIONS`, in whose order
            they act.

    Raises:
        ValueError: a name is not one of `AUGMENTATIONS`.
    """

    def __init__(self, augmentations: Mapping[str, Augmentation], **kwargs):
        super().__init__(**kwargs)
        if unknown := sorted(set(augmentations) - set(AUGMENTATIONS)):
            raise ValueError(
                f"Expected augmentations out of {list(AUGMENTATIONS)}. "
                f"Received: {unknown}"
            )
        self.augmentations = {
            name: augmentations[name] for name in AUGMENTATIONS if name in augmentations
        }
        self.seed_generator = keras.random.SeedGenerator(seed=0)

    def call(self, images, training=False):
        """Returns images of the same shape, `[N, H, W, C]`."""
        if not training:
            return images
        draw = Draw(self.seed_generator, ops.shape(images)[0])
        acting = self.augmentations.values()
        if geometric := [a for a in acting if isinstance(a, Geometric)]:
            images = _moved(images, geometric, draw)
        for augmentation in acting:
            if isinstance(augmentation, Photometric):
                images = augmentation.change(images, draw)
        return images

    def compute_output_shape(self, input_shape):
        """Returns the shape unchanged."""
        return input_shape

    def get_config(self):
        """Returns the arguments, in terms of JSON."""
        blocks = {name: a.model_dump() for name, a in self.augmentations.items()}
        return super().get_config() | {"augmentations": blocks}

    @classmethod
    def from_config(cls, config):
        """Makes the layer out of its arguments in terms of JSON."""
        blocks = {
            name: AUGMENTATIONS[name].model_validate(block)
            for name, block in config["augmentations"].items()
        }
        return cls(**config | {"augmentations": blocks})


def _moved(images, geometric: Sequence[Geometric], draw: Draw):
    _, height, width, _ = images.shape
    margin = sum(augmentation.margin for augmentation in geometric)
    size = (height + 2 * margin, width + 2 * margin)
    rows = ops.expand_dims(ops.arange(height) + margin, 0)
    columns = ops.expand_dims(ops.arange(width) + margin, 0)
    for augmentation in geometric:
        rows = augmentation.move_rows(rows, size[0], draw)
    for augmentation in geometric:
        columns = augmentation.move_columns(columns, size[1], draw)
    for augmentation in geometric:
        rows, columns = augmentation.move(rows, columns, size, draw)
    return _gathered(images, rows, columns, margin)


def _gathered(images, rows, columns, margin: int):
    """Takes pixels from rows and columns of images with a margin of zeros."""
    batch = ops.shape(images)[0]
    channels = images.shape[-1]
    # One pixel more a side stands for all that lies beyond the margin.
    sides = (margin + 1, margin + 1)
    padded = ops.pad(images, ((0, 0), sides, sides, (0, 0)))
    _, height, width, _ = padded.shape
    rows = ops.clip(rows + 1, 0, height - 1)
    columns = ops.clip(columns + 1, 0, width - 1)
    # One gather of pixels out of a flat list does everything at once.
    image = ops.reshape(ops.arange(batch), (-1, 1, 1))
    pixels = image * height + ops.expand_dims(rows, 2)
    pixels = pixels * width + ops.expand_dims(columns, 1)
    return ops.take(ops.reshape(padded, (-1, channels)), pixels, axis=0)
