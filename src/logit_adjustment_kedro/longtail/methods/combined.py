"""The methods that answer by several trained networks together, and train nothing."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from typing_extensions import override

from .base import Method
from .trained import ERM, LogitAdjusted, TailExpert


class CombinedMethod(Method):
    """A method that answers by networks of several trainings of one seed.

    It says the mean of their probabilities, as several seeds together do.

    Attributes:
        members: the names of the trained methods whose networks answer.
    """

    members: ClassVar[tuple[str, ...]]

    @classmethod
    @override
    def reads(cls) -> tuple[str, ...]:
        return cls.members

    @staticmethod
    def combine(logits: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the logits of all members together.

        Args:
            logits: `[N, L]` of each member.

        Returns:
            `[N, L]`, of the dtype of the logits.
        """
        scores = np.stack(logits)
        known = scores - np.logaddexp.reduce(scores, axis=2, keepdims=True)
        return np.logaddexp.reduce(known)


class TauExperts(CombinedMethod):
    """ERM and the logit-adjusted loss at two tau, 1 and 2 by default.

    The first knows the frequent classes best and the last the rare ones: where they
    disagree, the surer one counts for more. After the skill-diverse experts of Zhang et
    al., "Self-Supervised Aggregation of Diverse Experts for Test-Agnostic Long-Tailed
    Recognition", NeurIPS 2022, as networks of their own, whose answers count alike.
    """

    name: ClassVar[str] = "tau_experts"
    title: ClassVar[str] = "Tau experts"
    summary: ClassVar[str] = (
        "the mean of the probabilities of ERM, logit-adjusted loss and tail expert"
    )
    members: ClassVar[tuple[str, ...]] = (
        ERM.name,
        LogitAdjusted.name,
        TailExpert.name,
    )


COMBINED_METHODS: tuple[type[CombinedMethod], ...] = (TauExperts,)
