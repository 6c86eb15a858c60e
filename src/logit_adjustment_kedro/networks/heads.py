"""The last layer of a network, from features to logits."""

from abc import ABC, abstractmethod
from typing import ClassVar

from typing_extensions import override

from ..parameters import Parameters
from .base import Network


class Head(Parameters, ABC):
    """A last layer, and its parameters.

    Attributes:
        name: what a recipe calls it, and the key of its parameters there.
    """

    name: ClassVar[str]

    @abstractmethod
    def logits(self, features, num_classes: int, network: Network, l2: float):
        """Builds the last layer, which is called "logits".

        Args:
            features: `[N, F]`, a symbolic tensor of Keras.
            num_classes: `L`.
            network: where the features are from.
            l2: the factor of Keras's `l2` on the layer's kernel.

        Returns:
            The logits, `[N, L] float32` whatever the precision of the features.
        """


class Linear(Head):
    """A linear layer that starts as that of the published network did."""

    name: ClassVar[str] = "linear"

    @override
    def logits(self, features, num_classes: int, network: Network, l2: float):
        import keras

        penalty = keras.regularizers.L2(l2)
        return keras.layers.Dense(
            num_classes,
            use_bias=network.head_bias,
            kernel_initializer=network.head_initializer,
            kernel_regularizer=penalty,
            bias_regularizer=penalty if network.head_bias_l2 else None,
            dtype="float32",
            name="logits",
        )(features)


HEADS: dict[str, type[Head]] = {head.name: head for head in (Linear,)}
