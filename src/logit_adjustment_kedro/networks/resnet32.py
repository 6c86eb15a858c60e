"""The ResNet-32 for CIFAR of He et al., CVPR 2016, section 4.2."""

import keras
from keras import layers, ops

from .normalization import FusedBatchNormalization


def resnet32(images, num_classes: int, l2: float):
    """Returns the logits of a ResNet-32: 464,154 trainable weights at 10 classes.

    A 3x3 convolution, three stages of five blocks of two 3x3 convolutions with 16, 32
    and 64 channels, average pooling, and a dense layer. Shortcuts have no weights
    (option A): they skip every other pixel and pad the new channels with zeros.

    Args:
        images: `[N, H, W, C]`, scaled.
        num_classes: `L`.
        l2: the factor of Keras's `l2` on every kernel. Its gradient is `2 * l2 * w`:
            half of what others call the weight decay.

    Returns:
        `[N, L] float32`.
    """
    x = layers.Activation("relu")(_convolution(images, 16, 1, l2))
    for filters in (16, 32, 64):
        for block in range(5):
            stride = 2 if filters > 16 and block == 0 else 1
            x = _basic_block(x, filters, stride, l2)
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Dense(
        num_classes,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(l2),
        dtype="float32",
        name="logits",
    )(x)


def _basic_block(x, filters: int, stride: int, l2: float):
    shortcut = x
    if stride > 1:
        shortcut = layers.MaxPooling2D(pool_size=1, strides=stride)(shortcut)
        new_channels = filters - shortcut.shape[-1]
        shortcut = ops.pad(shortcut, ((0, 0), (0, 0), (0, 0), (0, new_channels)))
    x = layers.Activation("relu")(_convolution(x, filters, stride, l2))
    x = _convolution(x, filters, 1, l2)
    return layers.Activation("relu")(layers.add([x, shortcut]))


def _convolution(x, filters: int, stride: int, l2: float):
    x = layers.Conv2D(
        filters,
        3,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(l2),
    )(x)
    return FusedBatchNormalization(momentum=0.9, epsilon=1e-5)(x)
