"""The one place where predictions are read, of runs and of models from elsewhere.

What a network itself answers is read out of its logits, and so is what every post-hoc
method makes of them, at each way of choosing tau. One run is in memory at a time, or
the few that a combined method reads; those that tau is chosen on are read twice.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd

from ..images import ImageSet
from ..longtail.methods import ADJUSTED, COMBINED, Methods
from ..runs import Run, View
from .curves import curve_points, curves_over_seeds
from .network import Network
from .predictions import Predictions
from .provenance import differences
from .reader import Reader
from .readings import Readings
from .rows import last_layer_rows, of_models, registered, training_row

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
    runs: Mapping[str, Sequence[Run]],
    held_out: Mapping[str, Sequence[Run]],
    class_counts: pd.DataFrame,
    parameters: Mapping[str, Any],
    test_set: ImageSet | None = None,
) -> Readings:
    """Reads runs of all seeds, and what post-hoc methods make of them.

    Args:
        runs: by trained method, those of the test set; each method with the same seeds.
        held_out: by trained method, those with images held out, of the same seeds; a
            method without has no tau chosen on them.
        class_counts: columns label, class_name, count (training images), by label.
        parameters: see `Readings`.
        test_set: the test images, for pictures of mistakes; None for no pictures.

    Returns:
        The readings, in the order of the registry and of the seeds.

    Raises:
        InputError: the mix that is to be predicted is none; see `Target`.
    """
    mirrored = parameters["training"]["mirrored_view"]
    views = tuple(View) if mirrored else (View.PLAIN,)
    methods = Methods.model_validate(parameters["methods"])
    points, last_layers, trainings, made_with = [], [], [], []
    first = Network.of_run(next(chain.from_iterable(runs.values())), methods)
    reader = Reader(parameters, class_counts, views, first, test_set)
    for run in chain.from_iterable(held_out.values()):
        reader.sweep(Network.of_run(run, methods))
        made_with.append(run.made_with)
    for run in chain.from_iterable(runs.get(name, ()) for name in ADJUSTED):
        reader.sweep(Network.of_run(run, methods))
    for run in chain.from_iterable(runs.values()):
        network = Network.of_run(run, methods)
        reader.read(network)
        points.append(curve_points(run, [network.method, *network.adjusting.values()]))
        last_layers.append(last_layer_rows(run))
        trainings.append(training_row(run, network.method))
        made_with.append(run.made_with)
    for name, method in COMBINED.items():
        if runs.keys() >= {*method.members}:
            for of_seed in zip(*(runs[m] for m in method.members), strict=True):
                members = [Network.of_run(run, methods) for run in of_seed]
                reader.read(Network.of_members(members, getattr(methods, name)))
    return reader.readings(
        registered(reader.names),
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

    Raises:
        InputError: the mix that is to be predicted is none; see `Target`.
    """
    methods = Methods.model_validate(parameters["methods"])
    names = [model.name for model in predictions.models]
    networks = [
        Network.of_model(model, methods)
        for model in sorted(
            predictions.models, key=lambda model: names.index(model.name)
        )
    ]
    reader = Reader(parameters, predictions.counts, (View.PLAIN,), networks[0])
    for network in networks:
        reader.sweep(network)
    for network in networks:
        reader.read(network)
    nothing = {name: pd.DataFrame(columns=columns) for name, columns in NOTHING.items()}
    return reader.readings(of_models(predictions), **nothing)
