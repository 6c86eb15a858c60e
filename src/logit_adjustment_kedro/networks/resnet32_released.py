"""The network that the authors of Menon et al. (ICLR 2021) released."""

from typing import Any, ClassVar

from typing_extensions import override

from .base import Network


class ResNet32Released(Network):
    """The released network: 300,762 trainable weights at 10 classes.

    It is called ResNet-32 where it was released, and is another network than that of
    He et al.: its blocks are 1x1, 3x3, 1x1 convolutions of equal width, the first of a
    stage has a convolution on its shortcut, the first convolution widens 32x32 images
    to 36x36 maps, and a batch normalisation follows the last block.
    """

    name: ClassVar[str] = "resnet32_released"
    head_initializer: ClassVar[dict[str, Any]] = {
        "class_name": "RandomNormal",
        "config": {"stddev": 0.01},
    }
    head_bias_l2: ClassVar[bool] = True

    @override
    def features(self, images, l2: float):
        from keras import layers

        from .layers import FusedBatchNormalization, normalized_convolution

        x = layers.ZeroPadding2D(3)(images)
        x = normalized_convolution(x, 16, 3, l2, padding="valid")
        x = layers.Activation("relu")(x)
        for filters, stride in ((16, 1), (32, 2), (64, 2)):
            shortcut = normalized_convolution(x, filters, 1, l2, strides=stride)
            x = _bottleneck(x, shortcut, filters, stride, l2)
            for _ in range(4):
                x = _bottleneck(x, x, filters, 1, l2)
        x = FusedBatchNormalization(momentum=0.9, epsilon=1e-5)(x)
        return layers.GlobalAveragePooling2D()(x)


def _bottleneck(x, shortcut, filters: int, stride: int, l2: float):
    from keras import layers

    from .layers import normalized_convolution

    x = layers.Activation("relu")(normalized_convolution(x, filters, 1, l2))
    x = normalized_convolution(x, filters, 3, l2, strides=stride)
    x = normalized_convolution(layers.Activation("relu")(x), filters, 1, l2)
    return layers.Activation("relu")(layers.add([x, shortcut]))
