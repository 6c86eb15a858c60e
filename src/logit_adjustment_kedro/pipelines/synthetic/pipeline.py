"""How the nodes of the synthetic experiment are wired."""

from kedro.pipeline import Node, Pipeline

from ...charts import charts_of
from ...evaluation.synthetic import synthetic_table, synthetic_trials
from ..drawing import chart_nodes


def create_pipeline() -> Pipeline:
    """Returns the pipeline from two Gaussians to a table and two charts.

    ```
    params:synthetic ──┬─> synthetic_trials ──> synthetic_table ──> synthetic_chart
                       └─> boundaries_chart
    ```
    """
    return Pipeline(
        [
            Node(
                synthetic_trials,
                "params:synthetic",
                "synthetic_trials",
                name="synthetic_trials",
            ),
            Node(
                synthetic_table,
                "synthetic_trials",
                "synthetic_table",
                name="synthetic_table",
            ),
            *chart_nodes(charts_of("gaussians")),
        ],
        tags="synthetic",
    )
