"""Logits of new examples, by a model that was trained elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..longtail.priors import class_prior
from .model import check_class_names, check_logits


@dataclass(frozen=True, eq=False)
class NewLogits:
    """What the networks of a model say of the same examples, whose labels nobody knows.

    Attributes:
        class_names: `L` names, in the order of the logits.
        class_counts: `[L]`, the number of training images of each class.
        prior: `[L]`, positive, the mix that the logits are for; see `Model`.
        logits: those of each network, by a name of it: `[N, L]`, floating.

    Raises:
        InputError: the names or counts are not those of classes; these are no logits,
            but softmax outputs perhaps; or networks tell of more examples than others.
    """

    class_names: Sequence[str]
    class_counts: np.ndarray
    prior: np.ndarray
    logits: Mapping[str, np.ndarray]

    def __post_init__(self):
        """Checks that all this belongs together."""
        check_class_names(self.class_names, len(class_prior(self.class_counts)))
        for name, logits in self.logits.items():
            check_logits(logits, len(self.class_names), name)
        counts = {name: len(logits) for name, logits in self.logits.items()}
        if len({*counts.values()}) != 1:
            told = ", ".join(f"{count:,} in {name}" for name, count in counts.items())
            raise InputError(
                "Expected logits of the same examples of each seed. "
                f"Received: {told or 'none'}"
            )

    @property
    def count(self) -> int:
        """The number of examples, `N`."""
        return len(next(iter(self.logits.values())))
