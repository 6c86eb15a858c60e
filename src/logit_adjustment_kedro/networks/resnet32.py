"""The ResNet-32 for CIFAR of He et al., CVPR 2016, section 4.2."""

from typing import ClassVar

from typing_extensions import override

from .base import Network


class ResNet32(Network):
    """The ResNet-32 of He et al.: 464,154 trainable weights at 10 classes.

    A 3x3 convolution, three stages of five blocks of two 3x3 convolutions with 16, 32
    and 64 channels, and average pooling. Shortcuts have no weights (option A): they
    skip every other pixel and pad the new channels with zeros. Where a convolution
    skips them too, its kernel is centred on the pixels that the shortcut takes.
    """

    name: ClassVar[str] = "resnet32"
    head_initializer: ClassVar[str] = "he_normal"

    @override
    def features(self, images, l2: float):
        from keras import layers

        from .layers import normalized_convolution

        x = layers.Activation("relu")(normalized_convolution(images, 16, 3, l2))
        for filters in (16, 32, 64):
            for block in range(5):
                stride = 2 if filters > 16 and block == 0 else 1
                x = _basic_block(x, filters, stride, l2)
        return layers.GlobalAveragePooling2D()(x)


def _basic_block(x, filters: int, stride: int, l2: float):
    from keras import layers, ops

    from .layers import normalized_convolution

    shortcut, padding = x, "same"
    if stride > 1:
        # Of an even number of rows, "same" would centre the kernel on rows 1, 3, 5,
        # while the shortcut takes 0, 2, 4.
        x, padding = layers.ZeroPadding2D(1)(x), "valid"
        shortcut = layers.MaxPooling2D(pool_size=1, strides=stride)(shortcut)
        new_channels = filters - shortcut.shape[-1]
        shortcut = ops.pad(shortcut, ((0, 0), (0, 0), (0, 0), (0, new_channels)))
    x = normalized_convolution(x, filters, 3, l2, strides=stride, padding=padding)
    x = normalized_convolution(layers.Activation("relu")(x), filters, 3, l2)
    return layers.Activation("relu")(layers.add([x, shortcut]))
