"""What the reporting asks for: the runs to read, and the page."""

from typing import Any

import pandas as pd

from ...charts import figures
from ...errors import InputError
from ...evaluation import Predictions, Readings
from ...evaluation import read as read_runs
from ...evaluation import read_predictions as read_of_models
from ...images import ImageSet, count_classes
from ...longtail.methods import TABLE_1, TRAINED, Methods, PosthocLogitAdjusted
from ...parameters import Parameters
from ...runs import RunStore
from .. import HELD_OUT
from ..trainings import Trainings


def read(
    train_set: ImageSet,
    test_set: ImageSet,
    validation_set: ImageSet,
    parameters: dict[str, Any],
    **stores: RunStore,
) -> Readings:
    """Reads the runs that the present data and parameters ask for.

    Args:
        train_set: what they were trained on.
        test_set: what they were measured on.
        validation_set: what may have been set aside to choose on.
        parameters: all of the run's.
        **stores: where to look up the runs of each method, by its name; with
            `_held_out` behind it, those with images held out.

    Raises:
        InputError: a run is missing.
    """
    asked = Trainings.of(parameters, train_set, test_set, validation_set)
    fraction = asked.held_out.fraction
    runs, less = {}, {}
    for key, store in stores.items():
        name = key.removesuffix(HELD_OUT)
        if key == name:
            runs[name] = asked.runs(name, store)
        elif fraction:
            less[name] = asked.runs(name, store, fraction)
    views_and_seeds = asked.recipe.model_dump(include={"mirrored_view", "seeds"})
    kept = {
        "recipe": parameters["recipe"],
        "training": asked.recipe.asked() | views_and_seeds,
        "methods": asked.methods.model_dump(mode="json"),
        "held_out": asked.held_out.model_dump(mode="json"),
        **{name: _plain(parameters[name]) for name in ("comparison", "reporting")},
    }
    return read_runs(runs, less, count_classes(train_set), kept, test_set)


def read_predictions(predictions: Predictions, parameters: dict[str, Any]) -> Readings:
    """Reads predictions of models that were trained elsewhere."""
    kept = {name: _plain(parameters[name]) for name in ("comparison", "reporting")}
    methods = Methods.model_validate(parameters["methods"])
    of_interest = {
        PosthocLogitAdjusted.name: methods.posthoc_logit_adjusted.model_dump()
    }
    return read_of_models(predictions, {"methods": of_interest, **kept})


def report_of_predictions(
    readings: Readings,
    method_table: pd.DataFrame,
    gain_table: pd.DataFrame,
    class_table: pd.DataFrame,
    **charts: Any,
) -> str:
    """Puts tables and charts of predictions on one page; see `report`."""
    from ...evaluation.page import render
    from ...evaluation.page_rows import Tables

    tables = Tables(method_table, gain_table, class_table)
    return render(readings, tables, figures(charts))


def report(
    readings: Readings,
    method_table: pd.DataFrame,
    gain_table: pd.DataFrame,
    class_table: pd.DataFrame,
    synthetic_table: pd.DataFrame,
    **charts: Any,
) -> str:
    """Puts tables, charts and parameters on one page.

    Args:
        readings: what the page tells of.
        method_table: the table of all methods.
        gain_table: what they gain.
        class_table: what they do on each class.
        synthetic_table: that of the two Gaussians.
        **charts: those of the page, as Altair draws them, by their names in the
            catalog.

    Raises:
        InputError: the readings are those of Table 1 alone.
    """
    if not {*TRAINED} & {*readings.answers["method"]} - {*TABLE_1}:
        raise InputError(
            "Expected readings of all methods. Received: those of Table 1 alone. "
            "Read them with kedro run --pipelines=comparison_reporting."
        )
    from ...evaluation.page import render  # Jinja takes a while to import
    from ...evaluation.page_rows import Tables

    tables = Tables(method_table, gain_table, class_table, synthetic_table)
    return render(readings, tables, figures(charts))


def _plain(parameters: Parameters | dict[str, Any]) -> dict[str, Any]:
    """Returns parameters as JSON can hold them; Kedro may have typed them."""
    if isinstance(parameters, Parameters):
        return parameters.model_dump(mode="json")
    return parameters
