"""The wiring of modeling, from the registry of methods."""

import warnings
from collections.abc import Iterable

from kedro.pipeline import Node, Pipeline

from ...longtail.methods import POSTHOC, TRAINED
from .nodes import adjusting_node, held_out_node, training_node


def create_pipeline(methods: Iterable[str]) -> Pipeline:
    """Returns the pipeline that trains and adjusts; here `erm` and what adjusts it.

    ```
    train_set, test_set ──> erm.train ──┬─> erm.models
                                        ├─> erm.history, erm.trainings
                                        ├─> erm.predictions ──┐
                                        └─> erm.classifier ───┤
                       posthoc_logit_adjusted.adjust <────────┘
                                │
                                └─> posthoc_logit_adjusted.predictions
    ```

    Args:
        methods: their names in the registry; a post-hoc one needs the one it adjusts.
    """
    parts = [
        _training_pipeline(name) if name in TRAINED else _adjusting_pipeline(name)
        for name in methods
    ]
    return sum(parts, Pipeline([]))


def create_held_out_pipeline(name: str) -> Pipeline:
    """Returns the pipeline that trains the method called `name` to choose tau on.

    ```
    train_set ──> erm_held_out.train ──> erm_held_out.predictions, .classifier
    ```
    """
    node = Node(
        held_out_node(name),
        inputs=[
            "train_set",
            "params:training",
            "params:methods",
            "params:held_out",
            "tensorboard",
            "checkpoints",
        ],
        outputs=["predictions", "classifier"],
        name="train",
    )
    return Pipeline(
        [node],
        namespace=f"{name}_held_out",
        inputs={"train_set"},
        parameters={"params:training", "params:methods", "params:held_out"},
    )


def _training_pipeline(name: str) -> Pipeline:
    node = Node(
        training_node(name),
        inputs=[
            "train_set",
            "test_set",
            "params:training",
            "params:methods",
            "tensorboard",
            "checkpoints",
        ],
        outputs=["models", "history", "predictions", "classifier", "trainings"],
        name="train",
    )
    return Pipeline(
        [node],
        namespace=name,
        inputs={"train_set", "test_set"},
        parameters={"params:training", "params:methods"},
    )


def _adjusting_pipeline(name: str) -> Pipeline:
    node = Node(
        adjusting_node(name),
        inputs=["trained_predictions", "trained_classifier", "params:methods"],
        outputs="predictions",
        name="adjust",
    )
    trained = POSTHOC[name].trained
    with warnings.catch_warnings():
        # Kedro warns of dots in names, but reading across namespaces is the point.
        warnings.filterwarnings("ignore", message="One or more dataset names contain")
        return Pipeline(
            [node],
            namespace=name,
            inputs={
                "trained_predictions": f"{trained}.predictions",
                "trained_classifier": f"{trained}.classifier",
            },
            parameters={"params:methods"},
        )
