"""The predictions of a model that was trained elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..longtail.checks import check_indices, check_no_probabilities, check_num_logits
from ..longtail.methods import PosthocLogitAdjusted
from ..longtail.mixes import class_shares, is_uniform
from ..runs import Part


@dataclass(frozen=True, eq=False)
class Model:
    """A model's predictions of a seed.

    Attributes:
        name: what its rows are called.
        seed: tells it from others of the same name.
        prior: `[L]`, positive, the mix that its logits are for: of a model that was
            trained with the plain cross-entropy, that of the training images.
        logits: `[N, L]`, floating, by part; those of the test images at the least.
        labels: `[N]`, of the same images, integers in `[0, L)`.

    Raises:
        InputError: anything is not so; softmax outputs in place of logits too.
    """

    name: str
    seed: int
    prior: np.ndarray
    logits: Mapping[Part, np.ndarray]
    labels: Mapping[Part, np.ndarray]

    def __post_init__(self):
        """Checks all that is given."""
        if Part.TEST not in self.logits:
            raise InputError(f"Expected predictions of test images of {self.title}")
        prior = f"the prior of {self.title}"
        if not class_shares(self.prior, len(self.prior), prior).all():
            raise InputError(f"Expected {prior} to leave no class out")
        if {*self.labels} != {*self.logits}:
            raise InputError(
                f"Expected logits and labels of the same parts of {self.title}. "
                f"Received: {', '.join(self.logits)}, and {', '.join(self.labels)}"
            )
        for part, logits in self.logits.items():
            of = f"{self.title} ({part.value})"
            check_logits(logits, len(self.prior), of)
            check_indices(self.labels[part], *logits.shape, name=f"labels of {of}")

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"{self.name}, seed {self.seed}"

    @property
    def adjusted_name(self) -> str | None:
        """The name of its adjusted logits; None if there is nothing to adjust.

        That is so where its logits are for equally many images of each class already.
        """
        if is_uniform(self.prior):
            return None
        return f"{self.name}.{PosthocLogitAdjusted.name}"

    @property
    def adjusted_title(self) -> str:
        """What a person calls its adjusted logits."""
        return f"{self.name}, adjusted"


def check_logits(logits: np.ndarray, num_classes: int, of: str) -> None:
    """Checks that these are logits, and no probabilities.

    Args:
        logits: `[N, L]`.
        num_classes: `L`.
        of: whose they are, for messages.

    Raises:
        InputError: they are not.
    """
    if logits.ndim != 2 or not len(logits) or logits.dtype.kind != "f":
        raise InputError(
            f"Expected floating logits of shape [N, L] of {of}. "
            f"Received: shape={logits.shape}, dtype={logits.dtype}"
        )
    check_num_logits(logits, num_classes, f"logits of {of}")
    if not np.isfinite(logits).all():
        row = int(np.argmin(np.isfinite(logits).all(axis=1)))
        raise InputError(
            f"Expected finite logits of {of}. Received: row {row}: {logits[row]}"
        )
    check_no_probabilities(logits, f"logits of {of}")


def check_class_names(class_names: Sequence[str], num_classes: int) -> None:
    """Checks that each class has a name, and no two the same.

    Raises:
        InputError: it is not so.
    """
    if not len(class_names) == len({*class_names}) == num_classes:
        raise InputError(
            f"Expected a name of its own for each of {num_classes} classes. "
            f"Received: {[*class_names]}"
        )
