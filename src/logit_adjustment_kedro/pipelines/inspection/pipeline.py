"""The wiring of the inspection."""

from kedro.pipeline import Node, Pipeline

from .nodes import inspect_images


def create_pipeline() -> Pipeline:
    """Returns the pipeline from checked images to a page about them.

    ```
    train_set, test_set, validation_set, parameters ──> inspection
    ```
    """
    inputs = ["train_set", "test_set", "validation_set", "parameters"]
    node = Node(inspect_images, inputs, "inspection", name="inspect")
    return Pipeline([node], tags="inspection")
