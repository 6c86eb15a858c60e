"""The registry of methods: each is one class here, and one block of parameters.

A trained method says how class counts become the margins of a loss; a post-hoc method
says how the logits of a trained method are adjusted, and trains nothing. Pipelines,
tables and charts follow from `METHODS`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..parameters import Parameters
from .posthoc import adjust_logits
from .priors import class_prior


@dataclass(frozen=True)
class Margins:
    """What tells one loss of the family from another; see `losses`.

    `loss(y, f) = weight_y * log(1 + sum over y' != y of
    exp(rival_y' + own_y + f_y' - f_y))`.

    Attributes:
        weight: `[L] float64`, the weight of a label (`alpha_y` in the paper).
        own: `[L] float64`, what the label adds to the margin `Delta_yy'`.
        rival: `[L] float64`, what the other class adds to it.
    """

    weight: np.ndarray
    own: np.ndarray
    rival: np.ndarray


class TrainedMethod(Parameters, ABC):
    """A method that trains a network with a loss of its own."""

    title: ClassVar[str]

    @abstractmethod
    def margins(self, class_counts: np.ndarray) -> Margins:
        """Returns the margins of the loss for these class counts, `[L]`."""


class PosthocMethod(Parameters, ABC):
    """A method that adjusts the logits of a trained one."""

    title: ClassVar[str]
    trained: ClassVar[str]

    @abstractmethod
    def adjust(self, logits: np.ndarray, class_counts: np.ndarray) -> np.ndarray:
        """Returns the adjusted logits, `[N, L]`, of `logits`, `[N, L]`."""


class ERM(TrainedMethod):
    """Empirical risk minimisation: the plain softmax cross-entropy."""

    title: ClassVar[str] = "ERM"

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class."""
        zeros = np.zeros(len(class_counts))
        return Margins(weight=np.ones_like(zeros), own=zeros, rival=zeros)


class PosthocLogitAdjusted(PosthocMethod):
    """Post-hoc logit adjustment: Menon et al., ICLR 2021, section 4."""

    title: ClassVar[str] = "Post-hoc logit adjustment"
    trained: ClassVar[str] = "erm"
    tau: float = 1.0

    def adjust(self, logits: np.ndarray, class_counts: np.ndarray) -> np.ndarray:
        """See base class."""
        return adjust_logits(logits, class_counts, self.tau)


class LogitAdjusted(TrainedMethod):
    """The logit-adjusted loss: Menon et al., ICLR 2021, section 5."""

    title: ClassVar[str] = "Logit-adjusted loss"
    tau: float = 1.0

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class: `Delta_yy' = tau * log(pi_y' / pi_y)`."""
        log_prior = self.tau * np.log(class_prior(class_counts))
        return Margins(weight=np.ones_like(log_prior), own=-log_prior, rival=log_prior)


METHODS: dict[str, type[TrainedMethod] | type[PosthocMethod]] = {
    "erm": ERM,
    "posthoc_logit_adjusted": PosthocLogitAdjusted,
    "logit_adjusted": LogitAdjusted,
}
TRAINED = {n: m for n, m in METHODS.items() if issubclass(m, TrainedMethod)}
POSTHOC = {n: m for n, m in METHODS.items() if issubclass(m, PosthocMethod)}
