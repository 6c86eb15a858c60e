"""What predicting asks for: the stored runs, and what they answer."""

from typing import Any

import pandas as pd

from ...evaluation import NewLogits
from ...images import ImageSet, Unlabelled
from ...longtail.methods import Methods
from ...runs import RunStore
from ...serving import (
    Model,
    Prediction,
    answer,
    answer_logits,
    shares_of,
    trained_name,
)
from ...training import Recipe, Task


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
    recipe = Recipe.model_validate(parameters["training"])
    methods = Methods.model_validate(parameters["methods"])
    trained = getattr(methods, trained_name(asked.method))
    task = Task(trained, recipe, train_set, test_set, validation_set=validation_set)
    runs = [*run_store.demand(task.setup, task.recipe.seeds)]
    method = getattr(methods, asked.method)
    model = Model(runs, method, mirrored=recipe.mirrored_view)
    shares = shares_of(asked.target_prior, model, new_examples, train_set)
    return answer(model.moved_to(shares), new_examples, train_set)


def predict_logits(new_logits: NewLogits, parameters: dict[str, Any]) -> pd.DataFrame:
    """Answers by logits of a model that was trained elsewhere; see `answer_logits`."""
    asked = Prediction.model_validate(parameters["prediction"])
    methods = Methods.model_validate(parameters["methods"])
    return answer_logits(new_logits, asked, methods)
