"""What a method is, and the two kinds that answer by one network each."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import Field
from typing_extensions import override

from ...parameters import Parameters
from ..margins import Margins
from ..posthoc import adjust_logits

# Far beyond any that makes sense, and within what float32 holds of its adjustments.
Tau = Annotated[float, Field(ge=-100, le=100)]


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

    @classmethod
    def unknown(cls, class_counts: np.ndarray) -> Self:
        """Returns that of which only the class counts are known; the rest is NaN."""
        nothing = np.full(len(class_counts), np.nan)
        return cls(class_counts, nothing, nothing)


class Method(Parameters, ABC):
    """A method of the registry; its fields are its parameters, each with a default.

    Attributes:
        name: its key in the registry, in parameters and in tables.
        title: its name for people.
        summary: what it is, for them, in a line.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]

    @classmethod
    @abstractmethod
    def reads(cls) -> tuple[str, ...]:
        """Returns the names of the trained methods whose networks it is read out of."""

    def prior(self, class_counts: np.ndarray) -> np.ndarray | None:
        """Returns the class prior that the logits are for, if there is one.

        That is the mix of images on which their softmax is the probability of each
        class, as far as the network has learnt it: what a network learns with a loss
        follows from the loss. From there `adjust_logits` moves logits to another mix.

        Args:
            class_counts: `[L]`, the number of training images of each class.

        Returns:
            `[L] float64`, positive, with sum 1; None of a method of which none is
            known.

        Raises:
            ValueError: a class has no training image, or its share cannot be told from
                0.
        """
        return None

    @property
    def strength(self) -> float:
        """Its tau; NaN of a method without one."""
        return getattr(self, "tau", math.nan)

    def adjust(
        self,
        logits: np.ndarray,
        last_layer: LastLayer,
        target: np.ndarray | None = None,
    ) -> np.ndarray:
        """Returns the logits that the method predicts with, and changes none in place.

        Unless a method says otherwise, they are those of its network, moved from the
        prior that they are for to the target. Those that are for no prior stay as they
        are.

        Args:
            logits: `[N, L]`, those of a network.
            last_layer: what is known of the same network.
            target: `[L]`, the share of each class among the images to predict; None for
                those that the method is made for.

        Returns:
            `[N, L]`, of the dtype of `logits`.
        """
        prior = None if target is None else self.prior(last_layer.class_counts)
        if prior is None:
            return logits
        return adjust_logits(logits, prior, target_prior=target)


class TrainedMethod(Method):
    """A method that trains a network with a loss of its own.

    Attributes:
        starts_from: the name of the trained method from whose network, of the same
            seed, it trains the last layer anew; None of one that trains all of its own.
        balanced_batches: whether each image of a batch is drawn from a class that was
            drawn before it, all classes alike.
    """

    starts_from: ClassVar[str | None] = None
    balanced_batches: ClassVar[bool] = False

    @classmethod
    @override
    def reads(cls) -> tuple[str, ...]:
        return (cls.name,)

    @abstractmethod
    def margins(self, class_counts: np.ndarray) -> Margins:
        """Returns what tells the loss of this method from others.

        Args:
            class_counts: `[L]`, the number of training images of each class.

        Raises:
            ValueError: a class has no training image, and the loss needs its share.
        """

    def recipe_changes(self) -> Mapping[str, Any]:
        """Returns what the method changes in any recipe, by the recipe's own keys.

        Nothing, unless its loss makes sense for some networks alone, or it trains a
        last layer alone.
        """
        return {}

    def deferred_weight(self, class_counts: np.ndarray) -> np.ndarray:
        """Returns the weights of the labels from 80% of the epochs on.

        Only their ratios matter: the weights of a batch are divided by their mean, as
        Cao et al. do, NeurIPS 2019.

        Args:
            class_counts: `[L]`, the number of training images of each class.

        Returns:
            `[L] float64`; ones, unless a method re-weights late.
        """
        return np.ones(len(class_counts))


class PosthocMethod(Method):
    """A method that adjusts the logits of a trained one, and trains nothing.

    Attributes:
        trained: the name of the trained method whose logits it adjusts.
        tau: the strength of the adjustment.
    """

    trained: ClassVar[str] = "erm"
    tau: Tau = 1.0

    @classmethod
    @override
    def reads(cls) -> tuple[str, ...]:
        return (cls.trained,)

    @override
    @abstractmethod
    def adjust(
        self,
        logits: np.ndarray,
        last_layer: LastLayer,
        target: np.ndarray | None = None,
    ) -> np.ndarray: ...

    def at(self, tau: float) -> Self:
        """Returns this method with another strength.

        Raises:
            ValueError: `tau` is not finite.
        """
        return self.model_validate(self.model_dump() | {"tau": tau})
