"""What is read of a trained network, whoever trained it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..longtail.methods import ERM, LastLayer, Method, Methods, PosthocMethod
from ..runs import Part, Run, View
from .model import Model


@dataclass(frozen=True, eq=False)
class Network:
    """Predictions, and the methods that are read out of them.

    Attributes:
        name: that of the reading of its logits as they are.
        method: what they are read with.
        prior: `[L]`, the mix that its logits are for; None if they are for none.
        adjusting: the post-hoc methods that adjust them, by the names of readings.
        seed: that of the training.
        logits: `[N, L]`, by part and view.
        labels: `[N]`, by part.
        last_layer: what post-hoc methods may know.
    """

    name: str
    method: Method
    prior: np.ndarray | None
    adjusting: Mapping[str, PosthocMethod]
    seed: int
    logits: Mapping[tuple[Part, View], np.ndarray]
    labels: Mapping[Part, np.ndarray]
    last_layer: LastLayer

    @classmethod
    def of_run(cls, run: Run, methods: Methods) -> Self:
        """Returns that of a run, which was trained here."""
        name = run.setup.method
        method = getattr(methods, name)
        return cls(
            name,
            method,
            method.prior(run.last_layer.class_counts),
            {method.name: method for method in methods.adjusting(name)},
            run.seed,
            run.logits,
            run.labels,
            run.last_layer,
        )

    @classmethod
    def of_model(cls, model: Model, methods: Methods) -> Self:
        """Returns that of a model, of whose layers nothing is known.

        Where there is nothing to adjust, nothing is.
        """
        unknown = np.full(len(model.prior), np.nan)
        adjusted = model.adjusted_name
        return cls(
            model.name,
            ERM(),
            model.prior,
            {adjusted: methods.posthoc_logit_adjusted} if adjusted else {},
            model.seed,
            {(part, View.PLAIN): logits for part, logits in model.logits.items()},
            model.labels,
            LastLayer(model.prior, unknown, unknown),
        )
