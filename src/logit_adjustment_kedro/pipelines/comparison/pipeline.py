"""How the nodes of the comparison are wired."""

import warnings
from collections.abc import Callable

from kedro.pipeline import Node, Pipeline

from ...longtail.methods import METHODS, POSTHOC, TRAINED
from . import nodes
from .assess import assess_trained, posthoc_node


def create_pipeline(**kwargs) -> Pipeline:
    """Returns the pipeline from stored predictions to the report of all methods.

    ```
    <trained>.predictions, .history, .classifier, .trainings ──> <trained>_results ─┐
                └─────────┬───────────┘                                             │
    <held out>.predictions, .classifier ──> <posthoc>_results ──────────────────────┤
                                                                                    │
                     method_table, tau_table, charts <── results <── collect <──────┘
                                 │
                                 └──> report <── Figure 1, the charts of synthetic
    ```
    """
    results = {name: f"{name}_results" for name in METHODS}
    of_classes = ["results", "class_counts"]
    in_groups = [*of_classes, "params:comparison"]
    return Pipeline(
        [
            *[_trained(name) for name in TRAINED],
            *[_posthoc(name) for name in POSTHOC],
            Node(nodes.collect, results, "results", name="collect"),
            _node(nodes.method_table, [*in_groups, "published_results"]),
            _node(nodes.tau_table, in_groups),
            _node(nodes.tau_chart, ["results"]),
            _node(nodes.tau_explorer, ["tau_table"]),
            _node(nodes.class_accuracy_chart, of_classes),
            _node(nodes.confusion_chart, of_classes),
            _node(nodes.reliability_chart, ["results"]),
            _node(nodes.weight_norm_chart, of_classes),
            _node(nodes.training_curves, ["results"]),
            _node(
                nodes.report,
                {
                    "method_table": "method_table",
                    "class_counts": "class_counts",
                    "parameters": "parameters",
                    "synthetic_table": "synthetic_table",
                    **{name: name for name in nodes.CHARTS},
                },
            ),
        ]
    )


def _node(func: Callable, inputs: list[str] | dict[str, str]) -> Node:
    """Makes a node whose output is called as its function is."""
    return Node(func, inputs, func.__name__, name=func.__name__)


def _trained(name: str) -> Pipeline:
    inputs = ["predictions", "history", "classifier", "trainings"]
    results = f"{name}_results"
    node = Node(assess_trained, inputs, results, name="assess")
    return Pipeline([node], namespace=name, outputs=results)


def _posthoc(name: str) -> Pipeline:
    trained, results = POSTHOC[name].trained, f"{name}_results"
    inputs = {
        "predictions": f"{trained}.predictions",
        "classifier": f"{trained}.classifier",
        "held_out_predictions": f"{trained}_held_out.predictions",
        "held_out_classifier": f"{trained}_held_out.classifier",
    }
    parameters = ["params:methods", "params:comparison"]
    node = Node(posthoc_node(name), [*inputs, *parameters], results, name="assess")
    with warnings.catch_warnings():
        # Kedro warns of dots in names, but reading across namespaces is the point.
        warnings.filterwarnings("ignore", message="One or more dataset names contain")
        return Pipeline(
            [node],
            namespace=name,
            inputs=inputs,
            outputs=results,
            parameters=set(parameters),
        )
