"""The one place where predictions are read, of runs and of models from elsewhere.

Each is opened once: what the network itself answers is read out of its logits, and so
is what every post-hoc method makes of them, at each way of choosing tau.
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
from .network import Network
from .parameters import Comparison
from .predictions import Predictions
from .provenance import differences
from .readings import Choice, Readings
from .rows import (
    last_layer_rows,
    of_models,
    registered,
    sweep_rows,
    training_row,
)
from .tau_choice import accuracies_over_tau, best_tau
from .traffic import traffic_rows

CHOSEN_ON = {
    Choice.VALIDATION: Part.VALIDATION,
    Choice.HELD_OUT: Part.HELD_OUT,
    Choice.ORACLE: Part.TEST,
}
# What `read_predictions` reads by, unless it is told otherwise.
BY_DEFAULT = {
    "methods": {},
    "comparison": {
        "dataset": "predictions",
        "groups": {"by": "share", "head": 0.3, "tail": 0.3},
        "tau_max": 4.0,
        "tau_steps": 40,
    },
    "reporting": {"betas": [1, 0.999, 0.99, 0]},
}
NOTHING = {
    "curves": ["method", "images", "epoch", "mean", "low", "high"],
    "last_layers": ["method", "seed", "label", "weight_norm", "bias"],
    "trainings": ["method", "seed", "tau", "epochs", "samples_seen", "weights"]
    + ["training_seconds", "setup"],
    "made_with": ["what", "values", "differs"],
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
    mirrored = parameters["training"]["mirrored_view"]
    views = tuple(View) if mirrored else (View.PLAIN,)
    reader = _Reader(parameters, class_counts, views)
    points, last_layers, trainings, made_with = [], [], [], []
    for run in (run for of_method in held_out.values() for run in of_method):
        reader.sweep(Network.of_run(run, reader.methods), Part.HELD_OUT)
        made_with.append(run.made_with)
    for run in (run for of_method in runs.values() for run in of_method):
        network = Network.of_run(run, reader.methods)
        reader.read(network)
        points.append(curve_points(run, [network.method, *network.adjusting.values()]))
        last_layers.append(last_layer_rows(run))
        trainings.append(training_row(run, network.method))
        made_with.append(run.made_with)
    return reader.readings(
        registered({answer.row["method"] for answer in reader.answers}),
        curves=curves_over_seeds(pd.concat(points, ignore_index=True)),
        last_layers=pd.concat(last_layers, ignore_index=True),
        trainings=pd.DataFrame(trainings),
        made_with=differences(made_with),
    )


def read_predictions(
    predictions: Predictions, parameters: Mapping[str, Any] = BY_DEFAULT
) -> Readings:
    """Reads predictions of models, and what post-hoc logit adjustment makes of them.

    Of models from elsewhere no curve, layer or training is known.

    Args:
        predictions: of one or several models.
        parameters: `methods`, `comparison` and `reporting`, see `Readings`.

    Returns:
        The readings, in the order of the models; an adjusted model is called after its
        model and the method.
    """
    reader = _Reader(parameters, predictions.counts, (View.PLAIN,))
    for model in predictions.models:
        reader.read(Network.of_model(model, reader.methods))
    nothing = {name: pd.DataFrame(columns=columns) for name, columns in NOTHING.items()}
    return reader.readings(of_models(predictions), **nothing)


@dataclass
class _Reader:
    """Gathers what is read, network by network."""

    parameters: Mapping[str, Any]
    class_counts: pd.DataFrame
    views: tuple[View, ...]
    answers: list[Answer] = field(default_factory=list)
    sweeps: dict[tuple[str, Part, int], np.ndarray] = field(default_factory=dict)
    traffic: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self):
        self.methods = Methods.model_validate(self.parameters["methods"])
        self.taus = Comparison.model_validate(self.parameters["comparison"]).taus()

    def sweep(self, network: Network, part: Part) -> None:
        """Reads what post-hoc methods make of the logits of a part, at each tau."""
        logits, labels = network.logits[part, View.PLAIN], network.labels[part]
        for name, method in network.adjusting.items():
            self.sweeps[name, part, network.seed] = accuracies_over_tau(
                method, self.taus, logits, labels, network.last_layer
            )

    def read(self, network: Network) -> None:
        """Reads a network that was measured on the test set."""
        self._answer(network, network.name, network.method, Choice.FIXED)
        self.traffic += traffic_rows(network, self.class_counts["count"].to_numpy())
        for part in network.labels:
            self.sweep(network, part)
        for name, method in network.adjusting.items():
            self._answer(network, name, method, Choice.FIXED)
            for choice, part in CHOSEN_ON.items():
                sweep = self.sweeps.get((name, part, network.seed))
                if sweep is not None:
                    chosen = method.at(best_tau(self.taus, sweep))
                    self._answer(network, name, chosen, choice)

    def _answer(
        self, network: Network, name: str, method: Method, choice: Choice
    ) -> None:
        self.answers += [
            Answer.of(network, name, method, choice, view) for view in self.views
        ]

    def readings(self, methods: pd.DataFrame, **others: pd.DataFrame) -> Readings:
        """Returns all that was read, in the order of the methods."""
        order = methods["method"].tolist()
        self.answers.sort(key=lambda answer: order.index(answer.row["method"]))
        answers = pd.DataFrame([answer.row for answer in self.answers])
        sweeps = [sweep_rows(*key, self.taus, of) for key, of in self.sweeps.items()]
        return Readings(
            parameters=dict(self.parameters),
            class_counts=self.class_counts,
            methods=methods,
            answers=answers.astype({"tau": float}),
            confusions=np.stack([answer.confusion for answer in self.answers]),
            bins=np.stack([answer.bins for answer in self.answers]),
            sweeps=pd.concat(sweeps, ignore_index=True),
            traffic=pd.DataFrame(self.traffic),
            **others,
        )
