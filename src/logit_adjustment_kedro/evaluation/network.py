"""What is read of a trained network, whoever trained it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from ..errors import InputError
from ..longtail.methods import (
    ERM,
    CombinedMethod,
    LastLayer,
    Method,
    Methods,
    PosthocMethod,
)
from ..runs import Part, Run, View
from .model import Model


@dataclass(frozen=True, eq=False)
class Network:
    """Predictions, and the methods that are read out of them.

    Attributes:
        name: that of the reading of its logits as they are.
        method: what they are read with.
        adjusting: the post-hoc methods that adjust them, by the names of readings.
        seed: that of the training.
        logits: `[N, L]`, by part and view.
        labels: `[N]`, by part.
        last_layer: what post-hoc methods may know.
    """

    name: str
    method: Method
    adjusting: Mapping[str, PosthocMethod]
    seed: int
    logits: Mapping[tuple[Part, View], np.ndarray]
    labels: Mapping[Part, np.ndarray]
    last_layer: LastLayer

    @classmethod
    def of_run(cls, run: Run, methods: Methods) -> Self:
        """Returns that of a run, which was trained here."""
        name = run.setup.method
        return cls(
            name,
            getattr(methods, name),
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
        adjusted = model.adjusted_name
        return cls(
            model.name,
            ERM(),
            {adjusted: methods.posthoc_logit_adjusted} if adjusted else {},
            model.seed,
            {
                (part, View.PLAIN): np.asarray(z, np.promote_types(z.dtype, "float32"))
                for part, z in model.logits.items()
            },
            model.labels,
            LastLayer.unknown(model.prior),
        )

    @classmethod
    def of_members(cls, members: Sequence[Self], method: CombinedMethod) -> Self:
        """Returns several of one seed as one, of whose layers nothing is known.

        Raises:
            InputError: their seeds, or the images that they answered to, are others.
        """
        first = members[0]
        for other in members[1:]:
            alike = other.seed == first.seed and all(
                np.array_equal(labels, other.labels.get(part))
                for part, labels in first.labels.items()
            )
            if not alike:
                raise InputError(
                    f"Expected {other.name}, seed {first.seed}, on the images of "
                    f"{first.name}. Received: seed {other.seed}, or other images"
                )
        return cls(
            method.name,
            method,
            {},
            first.seed,
            {
                shown: method.combine([member.logits[shown] for member in members])
                for shown in first.logits
            },
            first.labels,
            LastLayer.unknown(first.last_layer.class_counts),
        )

    def at_temperature(self, temperature: float) -> Self:
        """Returns it with logits divided by a temperature; see `fit_temperature`.

        The bias, which is a part of them, is divided too.
        """
        bias = self.last_layer.bias / temperature
        return replace(
            self,
            logits={
                key: logits / logits.dtype.type(temperature)
                for key, logits in self.logits.items()
            },
            last_layer=replace(self.last_layer, bias=bias),
        )

    @property
    def methods(self) -> dict[str, Method]:
        """What is read of it: its own logits first, then each that adjusts them."""
        return {self.name: self.method, **self.adjusting}

    @cached_property
    def prior(self) -> np.ndarray | None:
        """The mix that its logits are for, `[L]`; None if they are for none."""
        return self.method.prior(self.last_layer.class_counts)

    @cached_property
    def is_compared_with(self) -> bool:
        """Whether a method moves its logits to any mix.

        Then they are shown as they are, for all mixes, for that one to be compared.
        """
        counts = self.last_layer.class_counts
        return any(m.prior(counts) is not None for m in self.adjusting.values())

    def moves(self, method: Method) -> bool:
        """Tells whether the logits of one of `methods` are moved to another mix."""
        if method is self.method and self.is_compared_with:
            return False
        return method.prior(self.last_layer.class_counts) is not None

    def read_out(
        self,
        method: Method,
        part: Part = Part.TEST,
        view: View = View.PLAIN,
        target: np.ndarray | None = None,
    ) -> np.ndarray:
        """Returns the logits that one of `methods` predicts with, `[N, L]`.

        Args:
            method: which one, at any tau.
            part: of which images.
            view: and how they were shown.
            target: `[L]`, the mix of classes to predict; see `Method.adjust`.
        """
        if not self.moves(method):
            target = None
        return method.adjust(self.logits[part, view], self.last_layer, target)
