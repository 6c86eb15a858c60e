"""The methods that adjust logits, and train nothing."""

from typing import ClassVar

import numpy as np
from typing_extensions import override

from ..mixes import tempered_prior
from ..posthoc import adjust_logits, normalise_weights
from .base import LastLayer, PosthocMethod


class WeightNormalised(PosthocMethod):
    """Weight normalisation: Kang et al., ICLR 2020; see `normalise_weights`."""

    name: ClassVar[str] = "weight_normalised"
    title: ClassVar[str] = "Weight normalisation"
    summary: ClassVar[str] = (
        "ERM without its bias, each logit divided by its weights' norm to the power tau"
    )

    @override
    def adjust(
        self,
        logits: np.ndarray,
        last_layer: LastLayer,
        target: np.ndarray | None = None,
    ) -> np.ndarray:
        return normalise_weights(
            logits, last_layer.weight_norm, last_layer.bias, self.tau
        )


class PosthocLogitAdjusted(PosthocMethod):
    """Post-hoc logit adjustment: Menon et al., ICLR 2021; see `adjust_logits`."""

    name: ClassVar[str] = "posthoc_logit_adjusted"
    title: ClassVar[str] = "Post-hoc logit adjustment"
    summary: ClassVar[str] = (
        "ERM, tau * log(prior) taken off its logits after the training"
    )

    @override
    def adjust(
        self,
        logits: np.ndarray,
        last_layer: LastLayer,
        target: np.ndarray | None = None,
    ) -> np.ndarray:
        return adjust_logits(logits, last_layer.class_counts, self.tau, target)

    @override
    def prior(self, class_counts: np.ndarray) -> np.ndarray:
        return tempered_prior(class_counts, 1 - self.tau)


POSTHOC_METHODS: tuple[type[PosthocMethod], ...] = (
    WeightNormalised,
    PosthocLogitAdjusted,
)
