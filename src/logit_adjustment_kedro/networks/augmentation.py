"""Layers that augment the images of a batch, each image on its own."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class PadCropFlip(keras.layers.Layer):
    """Pads with zeros, crops back at random, and mirrors at random, while training.

    The draws are made for each image, where `keras.layers.RandomCrop` makes one for
    the whole batch. They follow from the state of `seed_generator` alone, which a
    training sets at the start of an epoch.

    Args:
        padding: how many pixels are added a side, hence the largest shift.
        flip: whether half of the images are mirrored left to right.
    """

    def __init__(self, padding: int, flip: bool, **kwargs):
        """See class."""
        super().__init__(**kwargs)
        self.padding = padding
        self.flip = flip
        self.seed_generator = keras.random.SeedGenerator(seed=0)

    def call(self, images, training=False):
        """Returns images of the same shape, `[N, H, W, C]`."""
        if not training:
            return images
        _, height, width, channels = images.shape
        batch = ops.shape(images)[0]
        rows = self._draw(batch, 2 * self.padding + 1) + ops.arange(height)
        columns = ops.arange(width)
        if self.flip:
            mirrored = self._draw(batch, 2) == 1
            columns = ops.where(mirrored, width - 1 - columns, columns)
        columns = self._draw(batch, 2 * self.padding + 1) + columns

        # One gather of pixels out of a flat list does the three at once.
        sides = (self.padding, self.padding)
        padded = ops.pad(images, ((0, 0), sides, sides, (0, 0)))
        _, padded_height, padded_width, _ = padded.shape
        image = ops.reshape(ops.arange(batch), (-1, 1, 1))
        pixels = image * padded_height + ops.expand_dims(rows, 2)
        pixels = pixels * padded_width + ops.expand_dims(columns, 1)
        return ops.take(ops.reshape(padded, (-1, channels)), pixels, axis=0)

    def _draw(self, batch, choices: int):
        """Returns `[batch, 1] int32`, uniform in `[0, choices)`."""
        return keras.random.randint(
            (batch, 1), 0, choices, dtype="int32", seed=self.seed_generator
        )

    def compute_output_shape(self, input_shape):
        """Returns the shape unchanged."""
        return input_shape

    def get_config(self):
        """Returns the arguments."""
        config = super().get_config()
        config.update(padding=self.padding, flip=self.flip)
        return config
