"""What a method is: one that trains, or one that adjusts what another has trained."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..parameters import Parameters
from .margins import Margins


@dataclass(frozen=True)
class Classifier:
    """What post-hoc methods may know of a network, beside its logits.

    Attributes:
        class_counts: `[L]`, those of the images it was trained on.
        weight_norm: `[L] float64`, the norms of the last layer's weights by class.
        bias: `[L] float64`, that of the last layer; zeros where it has none.
    """

    class_counts: np.ndarray
    weight_norm: np.ndarray
    bias: np.ndarray


class TrainedMethod(Parameters, ABC):
    """A method that trains a network with a loss of its own."""

    title: ClassVar[str]

    @abstractmethod
    def margins(self, class_counts: np.ndarray) -> Margins:
        """Returns the margins of the loss for these class counts, `[L]`."""

    def deferred_weight(self, class_counts: np.ndarray) -> np.ndarray:
        """Returns what the labels weigh from 80% of the epochs on, `[L] float64`."""
        return np.ones(len(class_counts))


class PosthocMethod(Parameters, ABC):
    """A method that adjusts the logits of a trained one.

    Attributes:
        tau: the strength.
    """

    title: ClassVar[str]
    trained: ClassVar[str] = "erm"
    tau: float = 1.0

    @abstractmethod
    def adjust(self, logits: np.ndarray, classifier: Classifier) -> np.ndarray:
        """Returns the adjusted logits, `[N, L]`, of `logits`, `[N, L]`."""
