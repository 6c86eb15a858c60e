"""The network that the authors of Menon et al. (ICLR 2021) released."""

import keras
from keras import layers

from .normalization import FusedBatchNormalization


def resnet32_released(images, num_classes: int, l2: float):
    """Returns the logits of the released network: 300,762 weights at 10 classes.

    It is called ResNet-32 where it was released, and is another network than that of
    He et al.: its blocks are 1x1, 3x3, 1x1 convolutions of equal width, the first of a
    stage has a convolution on its shortcut, the first convolution widens 32x32 images
    to 36x36 maps, and a batch normalisation follows the last block.

    Args:
        images: `[N, H, W, C]`, scaled.
        num_classes: `L`.
        l2: the factor of Keras's `l2` on every kernel and on the last layer's bias.

    Returns:
        `[N, L] float32`.
    """
    x = layers.ZeroPadding2D(3)(images)
    x = layers.Activation("relu")(_convolution(x, 16, 3, 1, l2, padding="valid"))
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        shortcut = _convolution(x, filters, 1, stride, l2)
        x = _bottleneck(x, shortcut, filters, stride, l2)
        for _ in range(4):
            x = _bottleneck(x, x, filters, 1, l2)
    x = FusedBatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Dense(
        num_classes,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
        kernel_regularizer=keras.regularizers.L2(l2),
        bias_regularizer=keras.regularizers.L2(l2),
        dtype="float32",
        name="logits",
    )(x)


def _bottleneck(x, shortcut, filters: int, stride: int, l2: float):
    x = layers.Activation("relu")(_convolution(x, filters, 1, 1, l2))
    x = layers.Activation("relu")(_convolution(x, filters, 3, stride, l2))
    x = _convolution(x, filters, 1, 1, l2)
    return layers.Activation("relu")(layers.add([x, shortcut]))


def _convolution(
    x, filters: int, size: int, stride: int, l2: float, padding: str = "same"
):
    x = layers.Conv2D(
        filters,
        size,
        strides=stride,
        padding=padding,
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(l2),
    )(x)
    return FusedBatchNormalization(momentum=0.9, epsilon=1e-5)(x)
