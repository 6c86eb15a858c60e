"""The one place where stored predictions are read.

Each run is opened once: what the network itself answers is read out of its logits, and
so is what every post-hoc method makes of them, at each way of choosing tau.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..longtail.methods import Method, Methods
from ..runs import Part, Run, View
from .answer import Answer
from .curves import curve_points, curves_over_seeds
from .parameters import Comparison
from .provenance import differences
from .readings import Choice, Readings
from .rows import last_layer_rows, registered, sweep_rows, training_row
from .tau_choice import accuracies_over_tau, best_tau

CHOSEN_ON = {
    Choice.VALIDATION: Part.VALIDATION,
    Choice.HELD_OUT: Part.HELD_OUT,
    Choice.ORACLE: Part.TEST,
}


def read(
    runs: Mapping[str, Iterable[Run]],
    held_out: Mapping[str, Iterable[Run]],
    class_counts: pd.DataFrame,
    parameters: Mapping[str, Any],
) -> Readings:
    """Reads runs of all seeds, and what post-hoc methods make of them.

    Args:
        runs: by trained method, those of the test set; each method with the same seeds.
        held_out: by trained method, those with images held out, of the same seeds; a
            method without has no tau chosen on them.
        class_counts: columns label, class_name, count (training images), by label.
        parameters: see `Readings`.

    Returns:
        The readings, in the order of the registry and of the seeds.
    """
    reader = _Reader(parameters)
    for of_method in held_out.values():
        for run in of_method:
            reader.read_held_out(run)
    for of_method in runs.values():
        for run in of_method:
            reader.read(run)
    return reader.readings(class_counts)


@dataclass
class _Reader:
    """Gathers what is read, run by run."""

    parameters: Mapping[str, Any]
    answers: list[Answer] = field(default_factory=list)
    sweeps: dict[tuple[str, Part, int], np.ndarray] = field(default_factory=dict)
    points: list[pd.DataFrame] = field(default_factory=list)
    last_layers: list[pd.DataFrame] = field(default_factory=list)
    trainings: list[dict[str, Any]] = field(default_factory=list)
    made_with: list[Mapping[str, str]] = field(default_factory=list)

    def __post_init__(self):
        self.methods = Methods.model_validate(self.parameters["methods"])
        self.taus = Comparison.model_validate(self.parameters["comparison"]).taus()
        mirrored = self.parameters["training"]["mirrored_view"]
        self.views = tuple(View) if mirrored else (View.PLAIN,)

    def read_held_out(self, run: Run) -> None:
        """Reads a run of images that were held out; before that of the test set."""
        self._sweep(run, Part.HELD_OUT)
        self.made_with.append(run.made_with)

    def read(self, run: Run) -> None:
        """Reads a run of the test set."""
        trained = getattr(self.methods, run.setup.method)
        self._answer(run, trained, Choice.FIXED)
        for part in run.labels:
            self._sweep(run, part)
        adjusting = self.methods.adjusting(trained.name)
        for method in adjusting:
            self._answer(run, method, Choice.FIXED)
            for choice, part in CHOSEN_ON.items():
                sweep = self.sweeps.get((method.name, part, run.seed))
                if sweep is not None:
                    tau = best_tau(self.taus, sweep)
                    self._answer(run, method.at(tau), choice)
        self.points.append(curve_points(run, [trained, *adjusting]))
        self.last_layers.append(last_layer_rows(run))
        self.trainings.append(training_row(run, trained))
        self.made_with.append(run.made_with)

    def _sweep(self, run: Run, part: Part) -> None:
        logits, labels = run.logits[part, View.PLAIN], run.labels[part]
        for method in self.methods.adjusting(run.setup.method):
            self.sweeps[method.name, part, run.seed] = accuracies_over_tau(
                method, self.taus, logits, labels, run.last_layer
            )

    def _answer(self, run: Run, method: Method, choice: Choice) -> None:
        self.answers += [Answer.of(run, method, choice, view) for view in self.views]

    def readings(self, class_counts: pd.DataFrame) -> Readings:
        """Returns all that was read."""
        methods = registered({answer.row["method"] for answer in self.answers})
        order = methods["method"].tolist()
        self.answers.sort(key=lambda answer: order.index(answer.row["method"]))
        answers = pd.DataFrame([answer.row for answer in self.answers])
        sweeps = [
            sweep_rows(*key, self.taus, sweep) for key, sweep in self.sweeps.items()
        ]
        return Readings(
            parameters=dict(self.parameters),
            class_counts=class_counts,
            methods=methods,
            answers=answers.astype({"tau": float}),
            confusions=np.stack([answer.confusion for answer in self.answers]),
            bins=np.stack([answer.bins for answer in self.answers]),
            sweeps=pd.concat(sweeps, ignore_index=True),
            curves=curves_over_seeds(pd.concat(self.points, ignore_index=True)),
            last_layers=pd.concat(self.last_layers, ignore_index=True),
            trainings=pd.DataFrame(self.trainings),
            made_with=differences(self.made_with),
        )
