"""Predictions of models that were trained elsewhere, with whatever tools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import InputError
from ..longtail.checks import check_indices, check_num_logits
from ..longtail.priors import class_prior, class_shares
from ..runs import Part

ROUNDING = 1e-3  # of the sums of probabilities that somebody rounded


@dataclass(frozen=True, eq=False)
class Model:
    """A model's predictions of a seed.

    Attributes:
        name: what its rows are called.
        seed: tells it from others of the same name.
        prior: `[L]`, the prior that its logits are for: of a model that was trained
            with the plain cross-entropy, that of the training images.
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
        class_shares(self.prior, len(self.prior), "prior")
        for part, logits in self.logits.items():
            of = f"{self.title} ({part.value})"
            if part not in self.labels:
                raise InputError(f"Expected labels of {of}")
            check_logits(logits, len(self.prior), of)
            check_indices(self.labels[part], *logits.shape, name=f"labels of {of}")

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"{self.name}, seed {self.seed}"

    @property
    def is_for_uniform(self) -> bool:
        """Whether its logits are for equally many images of each class."""
        return np.allclose(self.prior, 1 / len(self.prior))


@dataclass(frozen=True, eq=False)
class Predictions:
    """What models answer to the same test images.

    Attributes:
        class_names: in the order of the labels.
        class_counts: `[L]`, the number of training images of each class.
        models: those of a name behind each other.

    Raises:
        InputError: there are not as many names as counts, a name is there twice, a
            class has no training image, a model has other classes, the test labels of
            two models differ, two seeds of a model are the same, or there is nothing to
            adjust.
    """

    class_names: Sequence[str]
    class_counts: np.ndarray
    models: Sequence[Model]

    def __post_init__(self):
        """Checks that all this belongs together."""
        prior = class_prior(self.class_counts)
        if not len(self.class_names) == len({*self.class_names}) == len(prior):
            raise InputError(
                f"Expected a name of its own for each of {len(prior)} classes. "
                f"Received: {[*self.class_names]}"
            )
        if not self.models:
            raise InputError("Expected predictions of at least one model")
        if all(model.is_for_uniform for model in self.models):
            raise InputError(
                "Expected logits of at least one model to adjust. Received: only such "
                "as are for equally many images of each class already"
            )
        first, *others = self.models
        seen = set()
        for model in self.models:
            if len(model.prior) != len(prior):
                raise InputError(
                    f"Expected one logit for each of {len(prior)} classes. "
                    f"Received: {len(model.prior)} of {model.title}"
                )
            if model.title in seen:
                raise InputError(f"Expected each seed once. Received: {model.title}")
            seen.add(model.title)
        for model in others:
            if not np.array_equal(model.labels[Part.TEST], first.labels[Part.TEST]):
                raise InputError(
                    "Expected all models to be tested on the same images, in the same "
                    f"order. Received: other labels of {model.title} than of "
                    f"{first.title}"
                )

    @classmethod
    def of(
        cls,
        logits: Mapping[str, ArrayLike],
        labels: ArrayLike,
        class_counts: ArrayLike,
        class_names: Sequence[str] | None = None,
    ) -> Self:
        """Returns those of models that were trained with the plain cross-entropy.

        Args:
            logits: `[N, L]`, of the test images, by the name of a model.
            labels: `[N]`.
            class_counts: `[L]`, the number of training images of each class.
            class_names: None for the numbers of the labels.
        """
        prior = class_prior(class_counts)
        names = class_names or [str(label) for label in range(len(prior))]
        tested = {Part.TEST: np.asarray(labels)}
        models = [
            Model(name, 0, prior, {Part.TEST: np.asarray(of)}, tested)
            for name, of in logits.items()
        ]
        return cls(names, np.asarray(class_counts), models)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Columns label, class_name, count (training images), by label."""
        return pd.DataFrame(
            {
                "label": range(len(self.class_names)),
                "class_name": [*self.class_names],
                "count": np.asarray(self.class_counts),
            }
        )


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
    if (logits >= 0).all() and (abs(logits.sum(axis=1) - 1) < ROUNDING).all():
        raise InputError(
            f"Expected logits of {of}. Received: rows that are not negative and sum to "
            "1, which are probabilities: call them so, or give their logarithms"
        )
