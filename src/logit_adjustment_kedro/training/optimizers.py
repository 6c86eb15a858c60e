"""Optimisers: plug-ins that a recipe names.

To add one, write its class, all of whose parameters have defaults, and its place in
`OPTIMIZERS`: the recipe takes it, and its block of parameters, by its name.
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field
from typing_extensions import override

from ..parameters import Parameters

if TYPE_CHECKING:
    import keras

    from .schedule import WarmupThenDecay

# Keras looks for this in names such as "conv2d/bias:0" (TensorFlow) and "bias" (JAX).
UNDECAYED = r"(^|/)(bias|gamma|beta)(:\d+)?$"


class Optimizer(Parameters, ABC):
    """An optimiser, and its parameters beside the learning rate.

    Attributes:
        name: what a recipe calls it, and the key of its parameters there.
    """

    name: ClassVar[str]

    @abstractmethod
    def build(
        self, learning_rate: "float | WarmupThenDecay"
    ) -> "keras.optimizers.Optimizer":
        """Returns Keras's optimiser, at a rate or a schedule of rates."""


class SGD(Optimizer):
    """Stochastic gradient descent with Nesterov momentum.

    Attributes:
        momentum: how much of the last step goes into the next one.
    """

    name: ClassVar[str] = "sgd"
    momentum: float = Field(0.9, ge=0, lt=1)

    @override
    def build(
        self, learning_rate: "float | WarmupThenDecay"
    ) -> "keras.optimizers.Optimizer":
        import keras

        return keras.optimizers.SGD(
            learning_rate, momentum=self.momentum, nesterov=True
        )


class AdamW(Optimizer):
    """Adam with decoupled weight decay: Loshchilov and Hutter, ICLR 2019.

    Biases and the scales and offsets of batch normalisation do not decay. The recipe's
    `l2` acts besides, as a part of the loss.

    Attributes:
        weight_decay: what part of itself a weight loses in a step, times the learning
            rate.
        beta_1: how much of the mean gradient is kept in a step.
        beta_2: how much of the mean squared gradient is.
    """

    name: ClassVar[str] = "adamw"
    weight_decay: float = Field(0.004, ge=0)
    beta_1: float = Field(0.9, ge=0, lt=1)
    beta_2: float = Field(0.999, ge=0, lt=1)

    @override
    def build(
        self, learning_rate: "float | WarmupThenDecay"
    ) -> "keras.optimizers.Optimizer":
        import keras

        optimizer = keras.optimizers.AdamW(
            learning_rate,
            weight_decay=self.weight_decay,
            beta_1=self.beta_1,
            beta_2=self.beta_2,
        )
        optimizer.exclude_from_weight_decay(var_names=[UNDECAYED])
        return optimizer


OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.name: optimizer for optimizer in (SGD, AdamW)
}
