"""The wiring of a model in use."""

from kedro.pipeline import Node, Pipeline

from . import nodes

# They say which of the stored runs are meant.
CHOSEN_BY = ("train_set", "test_set", "validation_set", "parameters", "run_store")


def create_pipeline() -> Pipeline:
    """Returns the pipeline from new images, or features, to what they are.

    ```
    new_examples, run_store ───────────────────────────────┐
    train_set, test_set, validation_set, parameters ───────┴─> predict ──> answers
    ```
    """
    inputs = ["new_examples", *CHOSEN_BY]
    node = Node(nodes.predict, inputs, "answers", name="predict")
    return Pipeline([node], tags="predict")


def create_logits_pipeline() -> Pipeline:
    """Returns the pipeline from new logits to what their examples are.

    ```
    new_logits, parameters ──> predict_logits ──> answers
    ```
    """
    inputs = ["new_logits", "parameters"]
    node = Node(nodes.predict_logits, inputs, "answers", name="predict_logits")
    return Pipeline([node], tags="predict")


def create_export_pipeline() -> Pipeline:
    """Returns the pipeline from stored runs to a model that needs nothing of them.

    ```
    run_store ─────────────────────────────────────────────┐
    train_set, test_set, validation_set, parameters ───────┴─> export ──> exported
    ```
    """
    node = Node(nodes.export, [*CHOSEN_BY], "exported", name="export")
    return Pipeline([node], tags="export")
