"""The registry of methods: each is one class here, and one block of parameters.

A trained method says how class counts become the margins of a loss; a post-hoc method
says how the logits of a trained method are adjusted, and trains nothing. Pipelines,
tables and charts follow from `METHODS`.
"""

from typing import ClassVar

import numpy as np
from pydantic import Field

from .margins import (
    Margins,
    adaptive_margin,
    class_balanced_weight,
    fisher_consistent_margins,
)
from .method import Classifier, PosthocMethod, TrainedMethod
from .posthoc import adjust_logits, normalise_weights
from .priors import class_prior

DEFERRED_BETA = 0.9999


class ERM(TrainedMethod):
    """Empirical risk minimisation: the plain softmax cross-entropy."""

    title: ClassVar[str] = "ERM"

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class."""
        return Margins.of(len(class_counts))


class WeightNormalised(PosthocMethod):
    """Weight normalisation: Kang et al., ICLR 2020; see `normalise_weights`."""

    title: ClassVar[str] = "Weight normalisation"

    def adjust(self, logits: np.ndarray, classifier: Classifier) -> np.ndarray:
        """See base class."""
        return normalise_weights(
            logits, classifier.weight_norm, classifier.bias, self.tau
        )


class PosthocLogitAdjusted(PosthocMethod):
    """Post-hoc logit adjustment: Menon et al., ICLR 2021; see `adjust_logits`."""

    title: ClassVar[str] = "Post-hoc logit adjustment"

    def adjust(self, logits: np.ndarray, classifier: Classifier) -> np.ndarray:
        """See base class."""
        return adjust_logits(logits, classifier.class_counts, self.tau)


class Balanced(TrainedMethod):
    """The cross-entropy weighted by the inverse class prior, with mean 1.

    The mean is that over the training set, so the rate of learning stays what it was.
    """

    title: ClassVar[str] = "Balanced loss"

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class: `alpha_y = 1 / (L * pi_y)`."""
        prior = class_prior(class_counts)
        return Margins.of(prior.size, weight=1 / (prior.size * prior))


class ClassBalanced(TrainedMethod):
    """The cross-entropy weighted by effective numbers; see `class_balanced_weight`."""

    title: ClassVar[str] = "Class-balanced loss"
    beta: float = Field(DEFERRED_BETA, ge=0, le=1)

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class."""
        weight = class_balanced_weight(class_counts, self.beta)
        return Margins.of(len(weight), weight=weight)


class Adaptive(TrainedMethod):
    """A margin for rare labels; see `adaptive_margin`.

    Attributes:
        deferred: whether labels are weighted by their effective numbers (beta 0.9999)
            in the last fifth of the epochs, as Cao et al. do.
    """

    title: ClassVar[str] = "Adaptive loss"
    deferred: bool = False

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class: `Delta_yy' = pi_y^(-1/4)`."""
        own = adaptive_margin(class_counts)
        return Margins.of(own.size, own=own)

    def deferred_weight(self, class_counts: np.ndarray) -> np.ndarray:
        """See base class."""
        if not self.deferred:
            return super().deferred_weight(class_counts)
        return class_balanced_weight(class_counts, DEFERRED_BETA)


class Equalised(TrainedMethod):
    """A margin against frequent rivals, after Tan et al., CVPR 2020.

    In the form of Menon et al., ICLR 2021, section 5.
    """

    title: ClassVar[str] = "Equalised loss"
    tau: float = 1.0

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class: `Delta_yy' = tau * log(pi_y')`."""
        prior = class_prior(class_counts)
        return Margins.of(prior.size, rival=self.tau * np.log(prior))


class LogitAdjusted(TrainedMethod):
    """The logit-adjusted loss: Menon et al., ICLR 2021, section 5.

    Attributes:
        tau: the strength.
        fisher_weight: whether labels weigh `pi_y^(tau - 1)`, scaled to mean 1, which
            makes the loss consistent for the balanced error at any tau, not at 1 alone.
    """

    title: ClassVar[str] = "Logit-adjusted loss"
    tau: float = 1.0
    fisher_weight: bool = False

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class: `Delta_yy' = tau * log(pi_y' / pi_y)`."""
        log_prior = self.tau * np.log(class_prior(class_counts))
        if self.fisher_weight:
            return fisher_consistent_margins(class_counts, np.exp(log_prior))
        return Margins.of(log_prior.size, own=-log_prior, rival=log_prior)


class LogitAdjustedAdaptive(TrainedMethod):
    """The margins of `logit_adjusted` and `adaptive`, added up."""

    title: ClassVar[str] = "Logit-adjusted + adaptive"

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class: `Delta_yy' = log(pi_y' / pi_y) + pi_y^(-1/4)`."""
        log_prior = np.log(class_prior(class_counts))
        own = adaptive_margin(class_counts) - log_prior
        return Margins.of(log_prior.size, own=own, rival=log_prior)


class VectorScaling(TrainedMethod):
    """The VS loss: the logit-adjusted one, of logits scaled by class frequency.

    Kini et al., "Label-Imbalanced and Group-Sensitive Classification under
    Overparameterization", NeurIPS 2021. At `tau = 0` it is the CDT loss of Ye et al.

    Attributes:
        gamma: while training, the logit of class `y` is divided by
            `(n_max / n_y)^gamma`; predictions are made with the logits as they are.
        tau: the strength of the logit adjustment.
    """

    title: ClassVar[str] = "VS loss"
    gamma: float = Field(0.15, ge=0)
    tau: float = 1.0

    def margins(self, class_counts: np.ndarray) -> Margins:
        """See base class."""
        prior = class_prior(class_counts)
        log_prior = self.tau * np.log(prior)
        scale = (prior / prior.max()) ** self.gamma
        return Margins.of(prior.size, own=-log_prior, rival=log_prior, scale=scale)


METHODS: dict[str, type[TrainedMethod] | type[PosthocMethod]] = {
    "erm": ERM,
    "weight_normalised": WeightNormalised,
    "posthoc_logit_adjusted": PosthocLogitAdjusted,
    "balanced": Balanced,
    "class_balanced": ClassBalanced,
    "adaptive": Adaptive,
    "equalised": Equalised,
    "logit_adjusted": LogitAdjusted,
    "logit_adjusted_adaptive": LogitAdjustedAdaptive,
    "vs": VectorScaling,
}
TRAINED = {n: m for n, m in METHODS.items() if issubclass(m, TrainedMethod)}
POSTHOC = {n: m for n, m in METHODS.items() if issubclass(m, PosthocMethod)}
TABLE_1 = ("erm", "posthoc_logit_adjusted", "logit_adjusted")
