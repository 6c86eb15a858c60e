"""A layer that augments the images of a batch, each image on its own."""

import math

import keras
from keras import ops

# Of an image's width against its height, at most, where images are zoomed.
STRETCH = 1.1
CONTRAST = 1.4  # the largest factor
BRIGHTNESS, TINT = 0.15, 0.04  # the largest shifts, where 1 is from black to white


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class Augmentation(keras.layers.Layer):
    """Shifts, mirrors, zooms and recolours images at random, while training.

    What comes in from outside an image is zeros, before colours change. The draws are
    made for each image, where `keras.layers.RandomCrop` makes one for the whole batch.
    They follow from the state of `seed_generator` alone, which a training sets at the
    start of an epoch.

    Args:
        padding: the largest shift, in pixels, along either side; that of a crop out of
            an image with so many pixels added a side.
        flip: whether half of the images are mirrored left to right.
        zoom: the largest factor by which an image is enlarged or reduced, at least 1;
            its width is then also stretched or squeezed by up to a tenth. The nearest
            pixels are taken. 1 leaves images as large as they are.
        colour_jitter: whether contrast and brightness, and the brightness of each
            channel, are changed. Images must be scaled so that 1 is from black to
            white.

    Raises:
        ValueError: `zoom` is below 1.
    """

    def __init__(
        self,
        padding: int,
        flip: bool,
        zoom: float = 1.0,
        colour_jitter: bool = False,
        **kwargs,
    ):
        """See class."""
        super().__init__(**kwargs)
        if zoom < 1:
            raise ValueError(f"Expected a zoom of at least 1. Received: {zoom}")
        self.padding = padding
        self.flip = flip
        self.zoom = zoom
        self.colour_jitter = colour_jitter
        self.seed_generator = keras.random.SeedGenerator(seed=0)

    def call(self, images, training=False):
        """Returns images of the same shape, `[N, H, W, C]`."""
        if not training:
            return images
        images = self._moved(images)
        return self._recoloured(images) if self.colour_jitter else images

    def _moved(self, images):
        _, height, width, channels = images.shape
        batch = ops.shape(images)[0]
        rows = self._choice(batch, 2 * self.padding + 1) + ops.arange(height)
        columns = ops.arange(width)
        if self.flip:
            mirrored = self._choice(batch, 2) == 1
            columns = ops.where(mirrored, width - 1 - columns, columns)
        columns = self._choice(batch, 2 * self.padding + 1) + columns

        margin = self.padding
        if self.zoom > 1:
            factor = self._factor((batch, 1), self.zoom)
            stretch = self._factor((batch, 1), STRETCH)
            rows = self._zoomed(rows, factor, height)
            columns = self._zoomed(columns, factor * stretch, width)
            margin += 1

        # One gather of pixels out of a flat list does everything at once.
        sides = (margin, margin)
        padded = ops.pad(images, ((0, 0), sides, sides, (0, 0)))
        _, padded_height, padded_width, _ = padded.shape
        image = ops.reshape(ops.arange(batch), (-1, 1, 1))
        pixels = image * padded_height + ops.expand_dims(rows, 2)
        pixels = pixels * padded_width + ops.expand_dims(columns, 1)
        return ops.take(ops.reshape(padded, (-1, channels)), pixels, axis=0)

    def _zoomed(self, positions, factor, size: int):
        """Zooms about the centre; what lies outside becomes a pixel of the margin.

        Args:
            positions: in an image with `padding` pixels added a side, `[N, size]`.
            factor: of the distances from the centre, `[N, 1]`.
            size: of the image, in pixels.

        Returns:
            Positions in an image with one more pixel added a side, `[N, size] int32`.
        """
        centre = (size - 1) / 2 + self.padding
        distances = ops.cast(positions, "float32") - centre
        positions = ops.cast(ops.round(distances * factor + centre), "int32") + 1
        return ops.clip(positions, 0, size + 2 * self.padding + 1)

    def _recoloured(self, images):
        batch = ops.shape(images)[0]
        mean = ops.mean(images, axis=(1, 2), keepdims=True)
        contrast = self._factor((batch, 1, 1, 1), CONTRAST)
        shift = self._uniform((batch, 1, 1, 1), BRIGHTNESS)
        shift = shift + self._uniform((batch, 1, 1, images.shape[-1]), TINT)
        contrast, shift = (ops.cast(x, images.dtype) for x in (contrast, shift))
        return (images - mean) * contrast + mean + shift

    def _choice(self, batch, choices: int):
        """Returns `[batch, 1] int32`, uniform in `[0, choices)`."""
        return keras.random.randint(
            (batch, 1), 0, choices, dtype="int32", seed=self.seed_generator
        )

    def _uniform(self, shape, most: float):
        """Returns `float32`, uniform in `[-most, most)`."""
        return keras.random.uniform(
            shape, -most, most, dtype="float32", seed=self.seed_generator
        )

    def _factor(self, shape, most: float):
        """Returns `float32` between `1 / most` and `most`, of uniform logarithm."""
        return ops.exp(self._uniform(shape, math.log(most)))

    def compute_output_shape(self, input_shape):
        """Returns the shape unchanged."""
        return input_shape

    def get_config(self):
        """Returns the arguments."""
        config = super().get_config()
        config.update(padding=self.padding, flip=self.flip)
        config.update(zoom=self.zoom, colour_jitter=self.colour_jitter)
        return config
