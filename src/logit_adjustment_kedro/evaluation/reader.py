"""What gathers readings, network by network."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..images import ImageSet
from ..longtail.methods import Method
from ..runs import Part, View
from .answer import Answer
from .confidence import calibration_rows
from .network import Network
from .parameters import Comparison
from .readings import Choice, Readings, compared_with
from .rows import sweep_rows, target_rows
from .target import Target
from .tau_choice import accuracies_over_tau, best_tau
from .together import Seeds
from .traffic import traffic_rows


class Reader:
    """Gathers what is read, network by network; those of a method come together.

    Args:
        parameters: see `Readings`.
        class_counts: see there.
        views: which are read.
        first: the network that is read first.
        test_set: the test images, for pictures of mistakes; None for no pictures.

    Raises:
        InputError: the mix that is to be predicted is none; see `Target`.
    """

    def __init__(
        self,
        parameters: Mapping[str, Any],
        class_counts: pd.DataFrame,
        views: tuple[View, ...],
        first: Network,
        test_set: ImageSet | None = None,
    ):
        comparison = Comparison.model_validate(parameters["comparison"])
        self._parameters = parameters
        self._class_counts = class_counts
        self._views = views
        self._taus = comparison.taus()
        self._target = Target.of(comparison, class_counts, first)
        self._answers: list[Answer] = []
        self._sweeps: dict[tuple[str, Part, int], np.ndarray] = {}
        self._traffic: list[dict[str, Any]] = []
        self._calibration: list[dict[str, Any]] = []
        self._seeds = Seeds(first.labels[Part.TEST], test_set)

    @property
    def names(self) -> set[str]:
        """The names of all methods that were read."""
        return {answer.row["method"] for answer in self._answers}

    def sweep(self, network: Network) -> None:
        """Reads what post-hoc methods make of the logits of each part, at each tau."""
        for name, method in network.adjusting.items():
            for part, labels in network.labels.items():
                self._sweeps[name, part, network.seed] = accuracies_over_tau(
                    method,
                    self._taus,
                    network.logits[part, View.PLAIN],
                    labels,
                    network.last_layer,
                    self._target.moved_to,
                )

    def read(self, network: Network) -> None:
        """Reads a network that was measured on the test set.

        All seeds of what is adjusted have been swept before, for a tau to be chosen.
        """
        self._answer(network, network.name, network.method, Choice.FIXED)
        self._traffic += traffic_rows(network, self._class_counts["count"].to_numpy())
        self._calibration += calibration_rows(network, self._target)
        self._seeds.add(network, self._target)
        for name, method in network.adjusting.items():
            self._answer(network, name, method, Choice.FIXED)
            for choice, tau in self._chosen(name, network.seed):
                self._answer(network, name, method.at(tau), choice)

    def _chosen(self, name: str, seed: int) -> Iterator[tuple[Choice, float]]:
        """Returns each tau that is chosen for a seed, and on what."""
        tested = {
            s: of
            for (n, p, s), of in self._sweeps.items()
            if (n, p) == (name, Part.TEST)
        }
        chosen_by = {
            Choice.VALIDATION: self._sweeps.get((name, Part.VALIDATION, seed)),
            Choice.HELD_OUT: self._sweeps.get((name, Part.HELD_OUT, seed)),
            Choice.ORACLE: np.mean([*tested.values()], axis=0),
            Choice.ORACLE_PER_SEED: tested[seed] if len(tested) > 1 else None,
        }
        for choice, sweep in chosen_by.items():
            if sweep is None:
                continue
            tau = best_tau(self._taus, sweep, self._target.shares)
            if tau is not None:
                yield choice, tau

    def _answer(
        self, network: Network, name: str, method: Method, choice: Choice
    ) -> None:
        self._answers += [
            Answer.of(network, name, method, choice, view, self._target)
            for view in self._views
        ]

    def readings(self, methods: pd.DataFrame, **others: pd.DataFrame) -> Readings:
        """Returns all that was read, in the order of the methods."""
        order = methods["method"].tolist()
        self._answers.sort(key=lambda answer: order.index(answer.row["method"]))
        answers = pd.DataFrame([answer.row for answer in self._answers])
        sweeps = [sweep_rows(*key, self._taus, of) for key, of in self._sweeps.items()]
        return Readings(
            parameters=dict(self._parameters),
            class_counts=self._class_counts,
            methods=methods,
            answers=answers.astype({"tau": float}),
            confusions=np.stack([answer.confusion for answer in self._answers]),
            bins=np.stack([answer.bins for answer in self._answers]),
            sweeps=pd.concat(sweeps, ignore_index=True),
            traffic=pd.DataFrame(self._traffic),
            calibration=pd.DataFrame(self._calibration),
            target=target_rows(self._target),
            hits=self._seeds.hits(compared_with(methods)),
            ensembles=self._seeds.ensembles(),
            mistakes=self._seeds.mistakes(),
            **others,
        )
