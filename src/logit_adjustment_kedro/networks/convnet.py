"""A small plain network for small images."""

import keras
from keras import layers

from .normalization import FusedBatchNormalization


def convnet(images, num_classes: int, l2: float):
    """Returns the logits of a plain convolutional network.

    Three 3x3 convolutions with 32, 64 and 64 channels, each with batch normalisation
    and ReLU, a max-pooling after the first two, global average pooling, and a dense
    layer.

    Args:
        images: `[N, H, W, C]`, scaled; at least 4 pixels a side.
        num_classes: `L`.
        l2: the factor of Keras's `l2` on every kernel.

    Returns:
        `[N, L] float32`.
    """
    x = layers.MaxPooling2D()(_convolution(images, 32, l2))
    x = layers.MaxPooling2D()(_convolution(x, 64, l2))
    x = layers.GlobalAveragePooling2D()(_convolution(x, 64, l2))
    return layers.Dense(
        num_classes,
        kernel_regularizer=keras.regularizers.L2(l2),
        dtype="float32",
        name="logits",
    )(x)


def _convolution(x, filters: int, l2: float):
    x = layers.Conv2D(
        filters,
        3,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(l2),
    )(x)
    x = FusedBatchNormalization(momentum=0.9)(x)
    return layers.Activation("relu")(x)
