"""What a method is: one that trains, or one that adjusts what another has trained."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from ...parameters import Parameters
from ..margins import Margins


@dataclass(frozen=True)
class LastLayer:
    """What post-hoc methods may know of a network, beside its logits.

    Attributes:
        class_counts: `[L]`, the number of images of each class that it was trained on.
        weight_norm: `[L] float64`, the Euclidean norm of each class's weights.
        bias: `[L] float64`, that of each class; zeros for a layer without one.
    """

    class_counts: np.ndarray
    weight_norm: np.ndarray
    bias: np.ndarray


class TrainedMethod(Parameters, ABC):
    """A method that trains a network with a loss of its own.

    The fields of a subclass are its parameters, each with a default.

    Attributes:
        name: its key in the registry, in parameters and in tables.
        title: its name for people.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def margins(self, class_counts: np.ndarray) -> Margins:
        """Returns what tells the loss of this method from others.

        Args:
            class_counts: `[L]`, the number of training images of each class.

        Raises:
            ValueError: a class has no training image, and the loss needs its share.
        """

    def deferred_weight(self, class_counts: np.ndarray) -> np.ndarray:
        """Returns the weights of the labels from 80% of the epochs on.

        Args:
            class_counts: `[L]`, the number of training images of each class.

        Returns:
            `[L] float64`; ones, unless a method re-weights late.
        """
        return np.ones(len(class_counts))


class PosthocMethod(Parameters, ABC):
    """A method that adjusts the logits of a trained one, and trains nothing.

    Attributes:
        name: its key in the registry, in parameters and in tables.
        title: its name for people.
        trained: the name of the trained method whose logits it adjusts.
        tau: the strength of the adjustment.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    trained: ClassVar[str] = "erm"
    tau: float = 1.0

    @abstractmethod
    def adjust(self, logits: np.ndarray, last_layer: LastLayer) -> np.ndarray:
        """Returns adjusted logits; those given stay as they are.

        Args:
            logits: `[N, L]`, those of a network.
            last_layer: what is known of the same network.

        Returns:
            `[N, L]`, of the dtype of `logits`.
        """

    def at(self, tau: float) -> Self:
        """Returns this method with another strength.

        Raises:
            ValueError: `tau` is not finite.
        """
        return self.model_validate(self.model_dump() | {"tau": tau})
