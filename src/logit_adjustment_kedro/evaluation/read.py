"""The one place where stored predictions are read.

Each run is opened once: what the network itself answers is read out of its logits, and
so is what every post-hoc method makes of them, at each way of choosing tau.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..longtail.methods import (
    METHODS,
    POSTHOC,
    LastLayer,
    Methods,
    PosthocMethod,
    TrainedMethod,
)
from ..longtail.metrics import calibration_bins, class_accuracies, confusion_matrix
from ..runs import Part, Run, View
from .curves import curve_points, curves_over_seeds
from .parameters import Comparison
from .provenance import differences
from .readings import Choice, Readings

CLOSEST_TO = 1.0  # of several tau that are equally good, the one that theory asks for


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
            reader.sweep(run, Part.HELD_OUT)
    for of_method in runs.values():
        for run in of_method:
            reader.read(run)
    return reader.readings(class_counts)


def best_tau(taus: np.ndarray, accuracies: np.ndarray) -> float:
    """Returns the tau of the smallest balanced error; of several, the closest to 1.

    Args:
        taus: `[T]`.
        accuracies: `[T, L]`, on each class; a class that is NaN does not count.

    >>> float(best_tau(np.array([0.0, 0.5, 2.0]), np.array([[0.2], [0.7], [0.7]])))
    0.5
    """
    balanced = np.nanmean(accuracies, axis=1)
    # Means of the same numbers in another order may differ in their last digits.
    best = taus[balanced >= balanced.max() - 1e-12]
    return float(best[np.argmin(np.abs(best - CLOSEST_TO))])


@dataclass(frozen=True)
class _Answer:
    """A reading: a row of `Readings.answers`, with its confusion matrix and bins."""

    row: dict[str, Any]
    confusion: np.ndarray
    bins: np.ndarray


@dataclass
class _Reader:
    """Gathers what is read, run by run."""

    parameters: Mapping[str, Any]
    answers: list[_Answer] = field(default_factory=list)
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

    def adjusting(self, run: Run) -> Iterator[PosthocMethod]:
        """Returns the post-hoc methods that adjust what this run has trained."""
        for name, method in POSTHOC.items():
            if method.trained == run.setup.method:
                yield getattr(self.methods, name)

    def sweep(self, run: Run, part: Part) -> None:
        """Reads the accuracy on each class over the grid of tau."""
        logits, labels = run.logits[part, View.PLAIN], run.labels[part]
        for method in self.adjusting(run):
            self.sweeps[method.name, part, run.seed] = np.stack(
                [
                    class_accuracies(
                        confusion_matrix(
                            method.at(tau).adjust(logits, run.last_layer), labels
                        )
                    )
                    for tau in self.taus
                ]
            )

    def read(self, run: Run) -> None:
        """Reads a run of the test set."""
        trained = getattr(self.methods, run.setup.method)
        self._answer(run, trained, Choice.FIXED)
        self.sweep(run, Part.TEST)
        for method in self.adjusting(run):
            self._answer(run, method, Choice.FIXED)
            for choice, part in (
                (Choice.HELD_OUT, Part.HELD_OUT),
                (Choice.ORACLE, Part.TEST),
            ):
                sweep = self.sweeps.get((method.name, part, run.seed))
                if sweep is not None:
                    tau = best_tau(self.taus, sweep)
                    self._answer(run, method.at(tau), choice)
        self.points.append(curve_points(run, [trained, *self.adjusting(run)]))
        self.last_layers.append(_last_layer_rows(run))
        self.trainings.append(_training_row(run, trained))
        self.made_with.append(run.made_with)

    def _answer(
        self, run: Run, method: TrainedMethod | PosthocMethod, choice: Choice
    ) -> None:
        labels = run.labels[Part.TEST]
        for view in self.views:
            logits = _adjusted(run.logits[Part.TEST, view], method, run.last_layer)
            row = {
                "method": method.name,
                "seed": run.seed,
                "view": view.value,
                "choice": choice.value,
                "tau": getattr(method, "tau", np.nan),
            }
            confusion = confusion_matrix(logits, labels)
            bins = calibration_bins(logits, labels)
            self.answers.append(_Answer(row, confusion, bins))

    def readings(self, class_counts: pd.DataFrame) -> Readings:
        """Returns all that was read."""
        order = list(METHODS)
        self.answers.sort(key=lambda answer: order.index(answer.row["method"]))
        answers = pd.DataFrame([answer.row for answer in self.answers])
        sweeps = [
            _sweep_rows(*key, self.taus, sweep) for key, sweep in self.sweeps.items()
        ]
        return Readings(
            parameters=dict(self.parameters),
            class_counts=class_counts,
            answers=answers.astype({"tau": float}),
            confusions=np.stack([answer.confusion for answer in self.answers]),
            bins=np.stack([answer.bins for answer in self.answers]),
            sweeps=pd.concat(sweeps, ignore_index=True),
            curves=curves_over_seeds(pd.concat(self.points, ignore_index=True)),
            last_layers=pd.concat(self.last_layers, ignore_index=True),
            trainings=pd.DataFrame(self.trainings),
            made_with=differences(self.made_with),
        )


def _adjusted(
    logits: np.ndarray, method: TrainedMethod | PosthocMethod, last_layer: LastLayer
) -> np.ndarray:
    if isinstance(method, PosthocMethod):
        return method.adjust(logits, last_layer)
    return logits


def _sweep_rows(
    method: str, part: Part, seed: int, taus: np.ndarray, accuracies: np.ndarray
) -> pd.DataFrame:
    num_classes = accuracies.shape[1]
    return pd.DataFrame(
        {
            "method": method,
            "part": part.value,
            "seed": seed,
            "tau": np.repeat(taus, num_classes),
            "label": np.tile(np.arange(num_classes), len(taus)),
            "accuracy": accuracies.ravel(),
        }
    )


def _last_layer_rows(run: Run) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "method": run.setup.method,
            "seed": run.seed,
            "label": range(len(run.last_layer.bias)),
            "weight_norm": run.last_layer.weight_norm,
            "bias": run.last_layer.bias,
        }
    )


def _training_row(run: Run, method: TrainedMethod) -> dict[str, Any]:
    return {
        "method": method.name,
        "seed": run.seed,
        "tau": getattr(method, "tau", np.nan),
        "epochs": len(run.epochs),
        "samples_seen": run.samples_seen,
        "weights": run.weights,
        "training_seconds": run.epochs["seconds"].sum(),
        "setup": run.setup.digest,
    }
