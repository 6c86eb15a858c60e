"""Images that stay where they are computed with."""

import keras
from keras import ops


class ImagesOnDevice(keras.layers.Layer):
    """Takes images by their row numbers from those on the device.

    All images cross to the device once; after that, a step costs a few row numbers.

    Args:
        images: `[N, H, W, C] uint8`.
    """

    def __init__(self, images, **kwargs):
        """See class."""
        super().__init__(**kwargs)
        self._images = self.add_weight(
            shape=images.shape, dtype="uint8", initializer="zeros", trainable=False
        )
        self._images.assign(images)

    def call(self, rows):
        """Returns `[B, H, W, C] uint8`, given `[B] int32`."""
        return ops.take(self._images, rows, axis=0)
