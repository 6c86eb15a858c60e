"""How the nodes of the synthetic experiment are wired."""

from collections.abc import Callable

from kedro.pipeline import Node, Pipeline

from . import nodes


def create_pipeline(**kwargs) -> Pipeline:
    """Returns the pipeline from two Gaussians to a table and two charts.

    ```
    params:synthetic ──┬─> synthetic_trials ──> synthetic_table ──> synthetic_chart
                       └─> boundaries_chart
    ```
    """
    return Pipeline(
        [
            _node(nodes.synthetic_trials, "params:synthetic"),
            _node(nodes.synthetic_table, "synthetic_trials"),
            _node(nodes.synthetic_chart, "synthetic_table"),
            _node(nodes.boundaries_chart, "params:synthetic"),
        ]
    )


def _node(func: Callable, source: str) -> Node:
    """Makes a node whose output is called as its function is."""
    return Node(func, source, func.__name__, name=func.__name__)
