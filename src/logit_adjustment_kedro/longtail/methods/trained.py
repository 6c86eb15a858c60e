"""The methods that train a network, each with a loss of its own."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from ..checks import check_in_range
from ..margins import (
    Margins,
    adaptive_margin,
    class_balanced_weight,
    fisher_consistent_margins,
)
from ..mixes import tempered_prior
from ..priors import class_prior, scaled_log_prior
from .base import Tau, TrainedMethod
from .retrained import ClassifierRetraining

DEFERRED_BETA = 0.9999


class ERM(TrainedMethod):
    """Empirical risk minimisation: the plain softmax cross-entropy."""

    name: ClassVar[str] = "erm"
    title: ClassVar[str] = "ERM"
    summary: ClassVar[str] = "the plain softmax cross-entropy"

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        return Margins.of(len(class_counts))

    @override
    def prior(self, class_counts: np.ndarray) -> np.ndarray:
        return class_prior(class_counts)


class Balanced(TrainedMethod):
    """The cross-entropy weighted by the inverse class prior, `alpha_y = 1 / (L pi_y)`.

    The factor `1 / L` makes the mean weight over the training set 1, so the gradients
    are as large as those of the plain cross-entropy.
    """

    name: ClassVar[str] = "balanced"
    title: ClassVar[str] = "Balanced loss"
    summary: ClassVar[str] = "the cross-entropy, weighted by the inverse prior"

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        prior = class_prior(class_counts)
        return Margins.of(prior.size, weight=1 / (prior.size * prior))

    @override
    def prior(self, class_counts: np.ndarray) -> np.ndarray:
        return tempered_prior(class_counts, 0)


class ClassBalanced(TrainedMethod):
    """The cross-entropy weighted by effective numbers; see `class_balanced_weight`.

    Attributes:
        beta: in `[0, 1]`; 0 weights all classes alike, 1 by the inverse of their prior.
        mean_over: whose mean weight is 1: that of the training images, as with the
            balanced loss, or that of the classes, as Cui et al. have it, where the
            gradients of a long-tailed set are several times smaller.
    """

    name: ClassVar[str] = "class_balanced"
    title: ClassVar[str] = "Class-balanced loss"
    summary: ClassVar[str] = (
        "the cross-entropy, weighted by the inverse effective number of samples"
    )
    beta: float = Field(DEFERRED_BETA, ge=0, le=1)
    mean_over: Literal["images", "classes"] = "images"

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        weight = class_balanced_weight(class_counts, self.beta)
        if self.mean_over == "images":
            weight = weight / (class_prior(class_counts) @ weight)
        return Margins.of(len(weight), weight=weight)

    @override
    def prior(self, class_counts: np.ndarray) -> np.ndarray:
        # Weighted images count as if there were more of them.
        weight = class_balanced_weight(class_counts, self.beta)
        return class_prior(weight * class_prior(class_counts))


class DeferredReweighting(TrainedMethod):
    """A method that may re-weight late (DRW).

    Attributes:
        deferred: whether labels are weighted by their effective numbers (beta 0.9999)
            in the last fifth of the epochs, as Cao et al. do.
    """

    deferred: bool = False

    @override
    def deferred_weight(self, class_counts: np.ndarray) -> np.ndarray:
        if not self.deferred:
            return super().deferred_weight(class_counts)
        return class_balanced_weight(class_counts, DEFERRED_BETA)


class Adaptive(DeferredReweighting):
    """A margin for rare labels, `Delta_yy' = pi_y^(-1/4)`; see `adaptive_margin`."""

    name: ClassVar[str] = "adaptive"
    title: ClassVar[str] = "Adaptive loss"
    summary: ClassVar[str] = (
        "a margin for each label, prior^(-1/4): larger the rarer it is"
    )

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        own = adaptive_margin(class_counts)
        return Margins.of(own.size, own=own)


class LDAM(DeferredReweighting):
    """The label-distribution-aware margin loss, on the cosines of a head of its own.

    `Delta_yy' = scale * max_margin * (n_min / n_y)^(1/4)`, of logits that are `scale`
    times a cosine. Cao et al., "Learning Imbalanced Datasets with
    Label-Distribution-Aware Margin Loss", NeurIPS 2019, as its authors' code has it;
    `Adaptive` is what Menon et al. make of it.

    Attributes:
        max_margin: that of the rarest class, on the cosine.
        scale: the largest logit there can be.
        deferred: see `DeferredReweighting`; with it, this is their LDAM-DRW.
    """

    name: ClassVar[str] = "ldam"
    title: ClassVar[str] = "LDAM"
    summary: ClassVar[str] = (
        "a margin on scaled cosines, larger the rarer the label; may re-weight late"
    )
    max_margin: float = Field(0.5, ge=0, le=2)
    scale: float = Field(30.0, gt=0)

    @override
    def recipe_changes(self) -> Mapping[str, Any]:
        return {"head": "cosine", "cosine": {"scale": self.scale}}

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        prior = class_prior(class_counts)
        own = self.scale * self.max_margin * (prior.min() / prior) ** 0.25
        return Margins.of(own.size, own=own)


class Equalised(TrainedMethod):
    """A margin against frequent rivals, `Delta_yy' = tau * log(pi_y')`.

    After Tan et al., "Equalization Loss for Long-Tailed Object Recognition", CVPR 2020,
    in the form of Menon et al., ICLR 2021, section 5.

    Attributes:
        tau: the strength of the margin.
    """

    name: ClassVar[str] = "equalised"
    title: ClassVar[str] = "Equalised loss"
    summary: ClassVar[str] = (
        "the cross-entropy, tau * log(prior) added to the logits of the rivals alone"
    )
    tau: Tau = 1.0

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        log_prior = scaled_log_prior(class_counts, self.tau)
        return Margins.of(log_prior.size, rival=log_prior)


class LogitAdjusted(TrainedMethod):
    """The logit-adjusted loss, `Delta_yy' = tau * log(pi_y' / pi_y)`.

    Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, section 5.

    Attributes:
        tau: the strength of the adjustment.
        fisher_weight: whether labels are weighted by `pi_y^(tau - 1)`, scaled to mean
            1, which makes the loss consistent for the balanced error at any tau,
            instead of at 1 alone.
    """

    name: ClassVar[str] = "logit_adjusted"
    title: ClassVar[str] = "Logit-adjusted loss"
    summary: ClassVar[str] = "the cross-entropy of the logits plus tau * log(prior)"
    tau: Tau = 1.0
    fisher_weight: bool = False

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        log_prior = scaled_log_prior(class_counts, self.tau)
        if self.fisher_weight:
            with np.errstate(over="ignore"):
                delta = check_in_range(np.exp(log_prior), self.tau, positive=True)
            return fisher_consistent_margins(class_counts, delta)
        return Margins.of(log_prior.size, own=-log_prior, rival=log_prior)

    @override
    def prior(self, class_counts: np.ndarray) -> np.ndarray:
        return tempered_prior(class_counts, 0 if self.fisher_weight else 1 - self.tau)


class TailExpert(LogitAdjusted):
    """The logit-adjusted loss at a tau beyond 1: it knows the rare classes best.

    Beside `TauExperts`, of which it is one, it is of little use.

    Attributes:
        tau: see `LogitAdjusted`.
        fisher_weight: see there.
    """

    name: ClassVar[str] = "tail_expert"
    title: ClassVar[str] = "Tail expert"
    summary: ClassVar[str] = (
        "the logit-adjusted loss at a larger tau, of use to the tau experts alone"
    )
    tau: Tau = 2.0


class LogitAdjustedAdaptive(TrainedMethod):
    """The margins of `LogitAdjusted` at tau 1 and of `Adaptive`, added up.

    `Delta_yy' = log(pi_y' / pi_y) + pi_y^(-1/4)`. Menon et al., ICLR 2021, section 5.
    """

    name: ClassVar[str] = "logit_adjusted_adaptive"
    title: ClassVar[str] = "Logit-adjusted + adaptive"
    summary: ClassVar[str] = (
        "the margins of the logit-adjusted and the adaptive loss, added up"
    )

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        log_prior = np.log(class_prior(class_counts))
        own = adaptive_margin(class_counts) - log_prior
        return Margins.of(log_prior.size, own=own, rival=log_prior)


class VectorScaling(TrainedMethod):
    """The VS loss: the logit-adjusted one, of logits scaled by class frequency.

    Kini et al., "Label-Imbalanced and Group-Sensitive Classification under
    Overparameterization", NeurIPS 2021. At `tau = 0` it is the CDT loss of Ye et al.,
    "Identifying and Compensating for Feature Deviation in Imbalanced Deep Learning",
    2020.

    Attributes:
        gamma: at least 0; while training, the logit of class `y` is divided by
            `(n_max / n_y)^gamma`. Predictions are made with the logits as they are.
            That of its authors' code, as `tau` is, unless a data set has its own.
        tau: the strength of the logit adjustment.
    """

    name: ClassVar[str] = "vs"
    title: ClassVar[str] = "VS loss"
    summary: ClassVar[str] = (
        "the logit-adjusted loss, its logits scaled by class frequency while training"
    )
    gamma: float = Field(0.3, ge=0)
    tau: Tau = 1.0

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        prior = class_prior(class_counts)
        log_prior = scaled_log_prior(class_counts, self.tau)
        scale = (prior / prior.max()) ** self.gamma
        return Margins.of(prior.size, own=-log_prior, rival=log_prior, scale=scale)


TRAINED_METHODS: tuple[type[TrainedMethod], ...] = (
    ERM,
    Balanced,
    ClassBalanced,
    Adaptive,
    LDAM,
    Equalised,
    LogitAdjusted,
    TailExpert,
    LogitAdjustedAdaptive,
    VectorScaling,
    ClassifierRetraining,
)
