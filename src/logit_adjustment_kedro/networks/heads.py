"""The last layer of a network, from features to logits."""

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import Field
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


class Cosine(Head):
    """The scaled cosine of features and the weights of each class.

    Gidaris and Komodakis, CVPR 2018; Hou et al., "Learning a unified classifier
    incrementally via rebalancing", CVPR 2019, where the weights of frequent classes
    else outgrow those of rare ones.

    Attributes:
        scale: what the cosine is multiplied by: the largest logit there can be. With a
            small one, post-hoc adjustment takes off more than the logits can be sure
            of.
    """

    name: ClassVar[str] = "cosine"
    scale: float = Field(32.0, gt=0)

    @override
    def logits(self, features, num_classes: int, network: Network, l2: float):
        import keras

        from . import layers

        return layers.Cosine(
            num_classes,
            scale=self.scale,
            kernel_initializer=network.head_initializer,
            kernel_regularizer=keras.regularizers.L2(l2),
            dtype="float32",
            name="logits",
        )(features)


HEADS: dict[str, type[Head]] = {head.name: head for head in (Linear, Cosine)}
