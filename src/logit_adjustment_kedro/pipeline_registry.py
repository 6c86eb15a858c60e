"""The pipelines of the project, and the parameters that they know."""

from kedro.pipeline import Pipeline

from .evaluation import Comparison, Reporting
from .evaluation.synthetic import Synthetic
from .images import Expected, LongTail
from .longtail.methods import ADJUSTED, METHODS, TABLE_1, Methods
from .parameters import Parameters
from .pipelines import (
    ingestion,
    inspection,
    modeling,
    prediction,
    reporting,
    synthetic,
)
from .serving import Deployment, Prediction
from .training import HeldOut, Recipe

PARAMETERS: dict[str, type[Parameters]] = {
    "dataset": Expected,
    "long_tail": LongTail,
    "training": Recipe,
    "methods": Methods,
    "held_out": HeldOut,
    "comparison": Comparison,
    "reporting": Reporting,
    "prediction": Prediction,
    "export": Deployment,
    "synthetic": Synthetic,
}


def register_pipelines() -> dict[str, Pipeline]:
    """Returns the pipelines by name.

    `__default__` is what `kedro run` runs: all that Table 1 and Figure 1 take.
    `comparison` is all that the report of every method takes. `inspect` says what to
    know of the images before anyone trains. `logits` makes the report of predictions of
    models that were trained elsewhere. `predict` says what new images are,
    `predict_logits` what new examples are by the logits of such a model, and `export`
    writes a model that says so elsewhere.
    """
    table_1 = {
        "ingestion": ingestion.create_pipeline(),
        "modeling": modeling.create_pipeline(TABLE_1),
        "reporting": reporting.create_pipeline(TABLE_1),
    }
    gaussians = synthetic.create_pipeline()
    report = reporting.create_comparison_pipeline()
    return {
        "__default__": sum(table_1.values(), Pipeline([])),
        **table_1,
        "inspect": table_1["ingestion"] + inspection.create_pipeline(),
        "synthetic": gaussians,
        "comparison": table_1["ingestion"]
        + modeling.create_pipeline(METHODS)
        + modeling.create_held_out_pipeline(ADJUSTED)
        + gaussians
        + report,
        "comparison_reporting": gaussians + report,
        "predict": prediction.create_pipeline(),
        "predict_logits": prediction.create_logits_pipeline(),
        "export": prediction.create_export_pipeline(),
        "logits": reporting.create_predictions_pipeline(),
    }
