"""What the inspection does."""

from dataclasses import replace
from typing import Any

from ...errors import InputError
from ...evaluation import Comparison
from ...evaluation.inspection import inspect
from ...images import ImageSet
from ...longtail.methods import ERM
from ...training import HeldOut, Recipe, Task


def inspect_images(
    train_set: ImageSet,
    test_set: ImageSet,
    validation_set: ImageSet,
    parameters: dict[str, Any],
) -> str:
    """Looks at all images, and tries a few steps of a training.

    Returns:
        A page of HTML.
    """
    from ...evaluation.inspection_page import Costs, render
    from ...training.cost import measure_cost

    groups = Comparison.model_validate(parameters["comparison"]).groups
    recipe = Recipe.model_validate(parameters["training"])
    task = Task(ERM(), recipe, train_set, test_set, validation_set=validation_set)
    refused, costs = [], None
    try:
        # Before all images are looked at, which then are in memory too.
        cost = measure_cost(task)
    except InputError as fault:  # what the training itself would refuse
        refused = [str(fault)]
    else:
        asked = task.recipe
        minutes, gigabytes = cost.seconds / 60, cost.memory / 1e9
        costs = Costs(
            epochs=asked.epochs,
            network=asked.network,
            minutes=minutes,
            gigabytes=gigabytes,
            seeds=len(recipe.seeds),
            held_out=HeldOut.model_validate(parameters["held_out"]).fraction > 0,
            before=cost.before / 60,
        )
    parts = {"train": train_set, "validation": validation_set, "test": test_set}
    found = inspect(parts, groups)
    found = replace(found, troubles=[*found.troubles, *refused])
    return render(found, train_set, parameters["recipe"], costs)
