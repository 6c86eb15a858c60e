"""Predictions of models that were trained elsewhere, with whatever tools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import InputError
from ..longtail.checks import in_label_order
from ..longtail.priors import class_prior
from ..runs import Part
from .model import Model, check_class_names


@dataclass(frozen=True, eq=False)
class Predictions:
    """What models answer to the same test images.

    Attributes:
        class_names: in the order of the labels.
        class_counts: `[L]`, the number of training images of each class.
        models: of one name, several seeds. The first is what others are compared with.

    Raises:
        InputError: there are not as many names as counts, a name is there twice, a
            class has no training image, a model has other classes, the test labels of
            two models differ, seeds of one model have other parts or priors or are the
            same, or there is nothing to adjust.
    """

    class_names: Sequence[str]
    class_counts: np.ndarray
    models: Sequence[Model]

    def __post_init__(self):
        """Checks that all this belongs together."""
        prior = class_prior(self.class_counts)
        check_class_names(self.class_names, len(prior))
        if not self.models:
            raise InputError("Expected predictions of at least one model")
        if not any(model.adjusted_name for model in self.models):
            raise InputError(
                "Expected logits of at least one model to adjust. Received: only such "
                "as are for equally many images of each class already"
            )
        first = self.models[0]
        for model in self.models:
            if len(model.prior) != len(prior):
                raise InputError(
                    f"Expected one logit for each of {len(prior)} classes. "
                    f"Received: {len(model.prior)} of {model.title}"
                )
            if not np.array_equal(model.labels[Part.TEST], first.labels[Part.TEST]):
                raise InputError(
                    "Expected all models to be tested on the same images, in the same "
                    f"order. Received: other labels of {model.title} than of "
                    f"{first.title}"
                )
        by_name: dict[str, list[Model]] = {}
        for model in self.models:
            by_name.setdefault(model.name, []).append(model)
        for seeds in by_name.values():
            _check_seeds(seeds)
        _check_names([one for one, *_ in by_name.values()])

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

        Raises:
            InputError: these are no logits, labels or counts; see `Model`, which also
                takes seeds, validation images and other priors.
        """
        counts = in_label_order(class_counts)
        prior = class_prior(counts)
        names = range(len(prior)) if class_names is None else class_names
        if not isinstance(logits, Mapping):
            raise InputError(
                "Expected logits by the names of models, such as {'mine': logits}. "
                f"Received: {type(logits).__name__}"
            )
        tested = {Part.TEST: np.asarray(labels)}
        models = [
            Model(str(name), 0, prior, {Part.TEST: np.asarray(of)}, tested)
            for name, of in logits.items()
        ]
        return cls([str(name) for name in names], counts, models)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Columns label, class_name, count (training images), by label."""
        return pd.DataFrame(
            {
                "label": range(len(self.class_names)),
                "class_name": [*self.class_names],
                "count": in_label_order(self.class_counts),
            }
        )


def _check_seeds(models: Sequence[Model]) -> None:
    """Checks that these, of one name, differ in their seeds alone."""
    first, *others = models
    for model in others:
        if {*model.logits} != {*first.logits}:
            raise InputError(
                f"Expected the same parts of all seeds of {model.name}. Received: "
                f"{', '.join(sorted(first.logits))} of seed {first.seed}, and "
                f"{', '.join(sorted(model.logits))} of seed {model.seed}"
            )
        if not np.array_equal(model.prior, first.prior):
            raise InputError(f"Expected one prior of all seeds of {model.name}")
    seeds = [model.seed for model in models]
    if len({*seeds}) != len(seeds):
        raise InputError(f"Expected each seed once. Received: {seeds} of {first.name}")


def _check_names(models: Sequence[Model]) -> None:
    """Checks that no model is called as another one's adjusted logits are."""
    adjusting = [model for model in models if model.adjusted_name]
    taken = {model.adjusted_name for model in adjusting}
    taken |= {model.adjusted_title for model in adjusting}
    if twice := sorted(taken & {model.name for model in models}):
        raise InputError(
            f"Expected another name of a model than {twice[0]}, which stands for the "
            "adjusted logits of another"
        )
