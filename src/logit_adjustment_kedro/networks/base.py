"""What a network is, between the augmented images and its head."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from ..parameters import Parameters


class Network(Parameters, ABC):
    """A network without its last layer, and its parameters.

    Whoever published a network also said how its last linear layer starts. A head that
    is linear reads that here; any other is free to ignore it.

    Attributes:
        name: what a recipe calls it, and the key of its parameters there.
        head_bias: whether the last linear layer has a bias.
        head_initializer: how its kernel starts: a name that Keras knows, or Keras's
            configuration of an initializer.
        head_bias_l2: whether its bias is regularised as its kernel is.
    """

    name: ClassVar[str]
    head_bias: ClassVar[bool] = True
    head_initializer: ClassVar[str | dict[str, Any]] = "glorot_uniform"
    head_bias_l2: ClassVar[bool] = False

    def asked(self) -> dict[str, Any]:
        """Returns the parameters that identify a training, in terms of JSON."""
        return self.model_dump(mode="json")

    @abstractmethod
    def features(self, images, l2: float):
        """Builds the layers of the network.

        A layer with an `adapt` method is given training images once the whole network
        is built; see `build_network`.

        Args:
            images: `[N, H, W, C]`, a symbolic tensor of Keras: scaled to
                `[-0.5, 0.5]`, and augmented while training; or features, as they came.
            l2: the factor of Keras's `l2` on every kernel that is trained. Its gradient
                is `2 * l2 * w`: half of what others call the weight decay.

        Returns:
            The features of the images, `[N, F]`.
        """
