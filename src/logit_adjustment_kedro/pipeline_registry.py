"""The pipelines of the project."""

from kedro.pipeline import Pipeline

from .longtail.methods import METHODS, POSTHOC, TABLE_1
from .pipelines import comparison, ingestion, modeling, reporting, synthetic


def register_pipelines() -> dict[str, Pipeline]:
    """Returns the pipelines by name.

    `__default__` is what `kedro run` runs: all that Table 1 and Figure 1 take.
    `comparison` is that and more: all that the report of every method takes.
    """
    table_1 = {
        "ingestion": ingestion.create_pipeline(),
        "modeling": modeling.create_pipeline(TABLE_1),
        "reporting": reporting.create_pipeline(),
    }
    default = sum(table_1.values(), Pipeline([]))
    others = [name for name in METHODS if name not in (*TABLE_1, *POSTHOC)]
    adjusted = {method.trained for method in POSTHOC.values()}
    report = table_1["reporting"] + comparison.create_pipeline()
    synthetic_gaussians = synthetic.create_pipeline()
    return {
        "__default__": default,
        **table_1,
        "synthetic": synthetic_gaussians,
        "comparison": default
        + modeling.create_pipeline(others)
        + sum(map(modeling.create_held_out_pipeline, adjusted), Pipeline([]))
        + synthetic_gaussians
        + report,
        "comparison_reporting": report,
    }
