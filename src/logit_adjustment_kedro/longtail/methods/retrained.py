"""The method that trains the last layer of another method's network anew."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import Field
from typing_extensions import override

from ..margins import Margins
from ..mixes import tempered_prior
from .base import TrainedMethod


class ClassifierRetraining(TrainedMethod):
    """The last layer of ERM's network, trained anew on class-balanced batches (cRT).

    All other layers stay as ERM left them. After Kang et al., "Decoupling
    representation and classifier for long-tailed recognition", ICLR 2020, who augment
    the images while they do so: here the features of the images as they are computed
    once, and standardised, so that it takes seconds.

    Attributes:
        epochs: of the new layer, each of as many images as the training set has.
        learning_rate: its base, which warms up for a twentieth of them and falls
            linearly to 0. As `l2`, that of the recipe `linear` of conf/, where it was
            chosen for features on images held out of the training.
        l2: see `Recipe`.
    """

    name: ClassVar[str] = "crt"
    title: ClassVar[str] = "Classifier re-training"
    summary: ClassVar[str] = (
        "ERM's network, its last layer trained anew on class-balanced batches"
    )
    starts_from: ClassVar[str | None] = "erm"
    balanced_batches: ClassVar[bool] = True
    epochs: int = Field(10, ge=1)
    learning_rate: float = Field(0.05, gt=0)
    l2: float = Field(1e-2, ge=0)

    @override
    def recipe_changes(self) -> Mapping[str, Any]:
        rate = {"base": self.learning_rate, "warmup": 1, "end": 0, "for_epochs": 20}
        return {
            "network": "standardised",
            "head": "linear",
            "optimizer": "sgd",
            "sgd": {"momentum": 0.9},
            "augmentation": {},
            "epochs": self.epochs,
            "learning_rate": rate,
            "l2": self.l2,
            "precision": "float32",
            "evaluate_every": 1,  # which costs next to nothing
        }

    @override
    def margins(self, class_counts: np.ndarray) -> Margins:
        return Margins.of(len(class_counts))

    @override
    def prior(self, class_counts: np.ndarray) -> np.ndarray:
        return tempered_prior(class_counts, 0)
