"""What a model in use asks for: the stored runs, and what is to become of them."""

from typing import Any

import numpy as np
import pandas as pd

from ...errors import InputError
from ...evaluation import Comparison, NewLogits
from ...evaluation.parameters import Mix
from ...evaluation.shares import known_shares
from ...images import FeatureSet, ImageSet, Unlabelled
from ...longtail.methods import Methods
from ...runs import RunStore
from ...serving import (
    Deployment,
    Model,
    Prediction,
    answer,
    answer_logits,
    shares_of,
)
from ...serving.export import Export
from ..trainings import Trainings

SAMPLES = 64  # of the test images, of which an export is to say what its model says


def predict(
    new_examples: Unlabelled,
    train_set: ImageSet,
    test_set: ImageSet,
    validation_set: ImageSet,
    parameters: dict[str, Any],
    run_store: RunStore,
) -> pd.DataFrame:
    """Answers by the runs that the present data and parameters ask for.

    Args:
        new_examples: what is asked about.
        train_set: what the runs were trained on.
        test_set: what they were measured on.
        validation_set: what may have been set aside to choose on.
        parameters: all of the run's.
        run_store: where to look them up.

    Returns:
        See `answer`.

    Raises:
        InputError: a run is missing; or the examples are not like those of the
            training; or the mix of classes is none, or the method is not moved to it.
    """
    asked = Prediction.model_validate(parameters["prediction"])
    trainings = Trainings.of(parameters, train_set, test_set, validation_set)
    model = _model(asked, trainings, run_store)
    shares = shares_of(asked.target_prior, model, new_examples, train_set)
    return answer(model.moved_to(shares), new_examples, train_set)


def predict_logits(new_logits: NewLogits, parameters: dict[str, Any]) -> pd.DataFrame:
    """Answers by logits of a model that was trained elsewhere; see `answer_logits`."""
    asked = Prediction.model_validate(parameters["prediction"])
    methods = Methods.model_validate(parameters["methods"])
    return answer_logits(new_logits, asked, methods)


def export(
    train_set: ImageSet,
    test_set: ImageSet,
    validation_set: ImageSet,
    parameters: dict[str, Any],
    run_store: RunStore,
) -> Export:
    """Makes ready for export what `predict` would answer by.

    Args:
        train_set: see `predict`.
        test_set: see `predict`; what is written is compared on some of it.
        validation_set: see `predict`.
        parameters: see `predict`.
        run_store: see `predict`.

    Returns:
        What is written when it is saved.

    Raises:
        InputError: a run is missing; the mix of classes is none, or the method is not
            moved to it; or there is no such format, or what it takes is not installed.
    """
    asked = Deployment.model_validate(parameters["export"])
    if asked.target_prior == Mix.ESTIMATED:
        raise InputError(
            "Expected target_prior to be uniform, train, a CSV file, or shares by "
            "class: what an exported model will see is not there to estimate from. "
            "Received: estimated"
        )
    comparison = Comparison.model_validate(parameters["comparison"])
    trainings = Trainings.of(parameters, train_set, test_set, validation_set)
    model = _model(asked, trainings, run_store)
    shares = known_shares(
        asked.target_prior,
        model.class_names,
        np.array(model.setup.class_counts),
        "target_prior",
    )
    return Export(
        model.moved_to(shares),
        asked.format,
        test_set.read(np.linspace(0, len(test_set) - 1, SAMPLES).astype(int)),
        comparison.dataset,
        train_set.fit or "crop",
        comparison.groups,
    )


def _model(asked: Prediction, trainings: Trainings, run_store: RunStore) -> Model:
    method = getattr(trainings.methods, asked.method)
    runs = [run for name in method.reads() for run in trainings.runs(name, run_store)]
    mirrored = trainings.recipe.mirrored_view
    if isinstance(trainings.train_set, FeatureSet):  # which have no left and right
        mirrored = False
    return Model(runs, method, mirrored=mirrored)
