"""A small plain network for small images."""

from typing import ClassVar

from typing_extensions import override

from .base import Network


class ConvNet(Network):
    """A plain convolutional network, for images of at least 4 pixels a side.

    Three 3x3 convolutions with 32, 64 and 64 channels, each with batch normalisation
    and ReLU, a max-pooling after the first two, and global average pooling.
    """

    name: ClassVar[str] = "convnet"

    @override
    def features(self, images, l2: float):
        from keras import layers

        from .layers import normalized_convolution

        x = images
        for filters, pooling in (
            (32, layers.MaxPooling2D),
            (64, layers.MaxPooling2D),
            (64, layers.GlobalAveragePooling2D),
        ):
            x = normalized_convolution(x, filters, 3, l2, epsilon=1e-3)
            x = pooling()(layers.Activation("relu")(x))
        return x
