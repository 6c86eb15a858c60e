"""What the reporting asks for: the runs to read, and the page."""

from typing import Any

import pandas as pd

from ...charts import figures
from ...evaluation import Comparison, Readings, Reporting
from ...evaluation import read as read_runs
from ...images import ImageSet, count_classes
from ...longtail.methods import Methods
from ...runs import RunStore
from ...training import HeldOut, Recipe, Task

HELD_OUT = "_held_out"  # ends the names of runs with images held out


def read(
    train_set: ImageSet,
    test_set: ImageSet,
    recipe: str,
    training: Recipe,
    methods: Methods,
    held_out: HeldOut,
    comparison: Comparison,
    reporting: Reporting,
    **stores: RunStore,
) -> Readings:
    """Reads the runs that the present data and parameters ask for.

    Args:
        train_set: what they were trained on.
        test_set: what they were measured on.
        recipe: the name of the recipe.
        training: the recipe itself.
        methods: the parameters of all methods.
        held_out: how much was held out to choose tau on.
        comparison: the grid of tau, and groups.
        reporting: what the charts show.
        **stores: where to look up the runs of each method, by its name; with
            `_held_out` behind it, those with images held out.

    Raises:
        InputError: a run is missing.
    """
    runs, less = {}, {}
    for name, store in stores.items():
        on_less = name.endswith(HELD_OUT)
        fraction = held_out.fraction if on_less else 0.0
        if on_less and fraction == 0:
            continue
        method = getattr(methods, name.removesuffix(HELD_OUT))
        setup = Task(method, training, train_set, test_set, fraction).setup
        found = store.demand(setup, training.seeds)
        (less if on_less else runs)[method.name] = found
    parameters = {
        "recipe": recipe,
        "training": {
            **training.asked(),
            "mirrored_view": training.mirrored_view,
            "seeds": training.seeds,
        },
        "methods": methods.model_dump(mode="json"),
        "held_out": held_out.model_dump(mode="json"),
        "comparison": comparison.model_dump(mode="json"),
        "reporting": reporting.model_dump(mode="json"),
    }
    return read_runs(runs, less, count_classes(train_set), parameters)


def report(
    readings: Readings,
    method_table: pd.DataFrame,
    synthetic_table: pd.DataFrame,
    **charts: Any,
) -> str:
    """Puts tables, charts and parameters on one page.

    Args:
        readings: what the page tells of.
        method_table: the table of all methods.
        synthetic_table: that of the two Gaussians.
        **charts: those of the page, as Altair draws them, by their names in the
            catalog.
    """
    from ...evaluation.page import render  # Jinja takes a while to import

    return render(readings, method_table, synthetic_table, figures(charts))
