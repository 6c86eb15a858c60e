"""The wiring of modeling, from the registry of methods."""

import warnings

from kedro.pipeline import Node, Pipeline

from ...longtail.methods import POSTHOC, TRAINED
from .nodes import adjusting_node, training_node


def create_pipeline(**kwargs) -> Pipeline:
    """Returns the modeling pipeline, here with the loss `erm` alone.

    ```
    train_set, test_set --> erm.train --> erm.models
                                     |--> erm.history
                                     +--> erm.predictions
                                               |
    class_counts --> posthoc_logit_adjusted.adjust
                                               |
                                               +--> posthoc_logit_adjusted.predictions
    ```
    """
    return sum(
        [_training_pipeline(name) for name in TRAINED]
        + [_adjusting_pipeline(name) for name in POSTHOC],
        Pipeline([]),
    )


def _training_pipeline(name: str) -> Pipeline:
    return Pipeline(
        [
            Node(
                training_node(name),
                inputs=[
                    "train_set",
                    "test_set",
                    "params:training",
                    "params:methods",
                    "tensorboard",
                    "checkpoints",
                ],
                outputs=["models", "history", "predictions"],
                name="train",
            )
        ],
        namespace=name,
        inputs={"train_set", "test_set"},
        parameters={"params:training", "params:methods"},
    )


def _adjusting_pipeline(name: str) -> Pipeline:
    node = Node(
        adjusting_node(name),
        inputs=["trained_predictions", "class_counts", "params:methods"],
        outputs="predictions",
        name="adjust",
    )
    with warnings.catch_warnings():
        # Kedro warns of dots in names, but reading across namespaces is the point.
        warnings.filterwarnings("ignore", message="One or more dataset names contain")
        return Pipeline(
            [node],
            namespace=name,
            inputs={
                "trained_predictions": f"{POSTHOC[name].trained}.predictions",
                "class_counts": "class_counts",
            },
            parameters={"params:methods"},
        )
