"""The wiring of a model in use."""

from kedro.pipeline import Node, Pipeline

from .nodes import predict, predict_logits


def create_pipeline() -> Pipeline:
    """Returns the pipeline from new images, or features, to what they are.

    ```
    new_examples, run_store ───────────────────────────────┐
    train_set, test_set, validation_set, parameters ───────┴─> predict ──> answers
    ```

    The sets and the parameters say which of the stored runs are meant.
    """
    sets = ["train_set", "test_set", "validation_set"]
    inputs = ["new_examples", *sets, "parameters", "run_store"]
    return Pipeline([Node(predict, inputs, "answers", name="predict")], tags="predict")


def create_logits_pipeline() -> Pipeline:
    """Returns the pipeline from new logits to what their examples are.

    ```
    new_logits, parameters ──> predict_logits ──> answers
    ```
    """
    inputs = ["new_logits", "parameters"]
    node = Node(predict_logits, inputs, "answers", name="predict_logits")
    return Pipeline([node], tags="predict")
