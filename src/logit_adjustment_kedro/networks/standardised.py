"""A network of no layers that learn, for features of another network."""

from typing import ClassVar

from typing_extensions import override

from .base import Network


class Standardised(Network):
    """Standardised inputs: features, or the pixels of images.

    Each number of an input has mean 0 and variance 1 over the training examples, as
    many of them as are 512 MiB, and nothing but the head learns: with the head
    `linear`, that is multinomial logistic regression.
    """

    name: ClassVar[str] = "standardised"

    @override
    def features(self, images, l2: float):
        from keras import layers

        from .layers import Standardization

        return Standardization(dtype="float32")(layers.Flatten(dtype="float32")(images))
