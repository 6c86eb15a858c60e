"""Images that stay where they are computed with."""

import keras
from keras import ops


class ImagesOnDevice(keras.layers.Layer):
    """Takes images by their row numbers from those on the device, and mixes them.

    All images cross to the device once; after that, a step costs a few row numbers and
    shares. It computes in float32 in any case: half precision has too few digits for
    the shares of 256 levels of brightness.

    Args:
        images: `[N, H, W, C] uint8`.
    """

    def __init__(self, images, **kwargs):
        """See class."""
        super().__init__(dtype="float32", **kwargs)
        self._images = self.add_weight(
            shape=images.shape, dtype="uint8", initializer="zeros", trainable=False
        )
        self._images.assign(images)

    def call(self, rows, shares):
        """Returns mixtures of images, `[B, H, W, C] uint8`.

        Args:
            rows: of the images to mix, `[B, M] int32`.
            shares: of each in the mixture, `[B, M] float32`; they sum to 1.
        """
        images = ops.cast(ops.take(self._images, rows, axis=0), "float32")
        mixed = ops.sum(shares[:, :, None, None, None] * images, axis=1)
        return ops.cast(ops.round(mixed), "uint8")
