"""The pipelines of the project."""

from kedro.pipeline import Pipeline

from .pipelines import ingestion, modeling, reporting


def register_pipelines() -> dict[str, Pipeline]:
    """Returns the pipelines by name; `__default__` is what `kedro run` runs."""
    pipelines = {
        "ingestion": ingestion.create_pipeline(),
        "modeling": modeling.create_pipeline(),
        "reporting": reporting.create_pipeline(),
    }
    return {"__default__": sum(pipelines.values(), Pipeline([])), **pipelines}
