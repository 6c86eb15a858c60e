"""How the nodes of the reporting are wired."""

from collections.abc import Callable

from kedro.pipeline import Node, Pipeline

from ...longtail.methods import TABLE_1, TRAINED
from . import nodes


def create_pipeline(**kwargs) -> Pipeline:
    """Returns the pipeline from stored predictions to tables and charts.

    ```
    params:reporting ──┬─> effective_probabilities ──> beta_chart
    class_counts ──────┤
                       ├─> per_class_accuracy, per_class_chart
    <method>_scores ───┴─> accuracy_table
          ↑ score
    <method>.predictions                 for every method of Table 1

    <trained>.history ──> <trained>_curves ──> learning_curves     for those trained
          summarise
    ```
    """
    scores = {method: f"{method}_scores" for method in TABLE_1}
    curves = {method: f"{method}_curves" for method in TABLE_1 if method in TRAINED}
    by_class = {"class_counts": "class_counts"} | scores
    return Pipeline(
        [
            *[_read(m, nodes.score, "predictions", scores[m]) for m in scores],
            *[_read(m, nodes.summarise, "history", curves[m]) for m in curves],
            _node(nodes.accuracy_table, scores),
            _node(nodes.per_class_accuracy, by_class),
            _node(nodes.per_class_chart, by_class),
            _node(nodes.effective_probabilities, ["class_counts", "params:reporting"]),
            _node(nodes.beta_chart, ["effective_probabilities"]),
            _node(nodes.learning_curves, curves),
        ]
    )


def _node(func: Callable, inputs: list[str] | dict[str, str]) -> Node:
    """Makes a node whose output is called as its function is."""
    return Node(func, inputs, func.__name__, name=func.__name__)


def _read(method: str, func: Callable, source: str, target: str) -> Pipeline:
    """Reads `<method>.<source>` in the namespace of the method.

    Outside it, Kedro warns of the dot in the name of the input.
    """
    node = Node(func, source, target, name=func.__name__)
    return Pipeline([node], namespace=method, outputs=target)
