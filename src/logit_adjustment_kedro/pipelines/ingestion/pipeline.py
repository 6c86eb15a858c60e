"""The wiring of ingestion."""

from kedro.pipeline import Node, Pipeline

from ...images import check_test_set, check_validation_set
from .nodes import check_train_set


def create_pipeline(**kwargs) -> Pipeline:
    """Returns the ingestion pipeline.

    ```
    train_source --> check_train_set --> train_set, class_counts
                                             |
    test_source  --> check_test_set <--------+
                          |                  |
                          +--> test_set      |
                                             |
    validation_source --> check_validation_set --> validation_set
    ```
    """
    return Pipeline(
        [
            Node(
                check_train_set,
                inputs=["train_source", "params:long_tail", "params:dataset"],
                outputs=["train_set", "class_counts"],
                name="check_train_set",
            ),
            Node(
                check_test_set,
                inputs=["test_source", "train_set", "params:dataset"],
                outputs="test_set",
                name="check_test_set",
            ),
            Node(
                check_validation_set,
                inputs=["validation_source", "train_set"],
                outputs="validation_set",
                name="check_validation_set",
            ),
        ],
        tags="ingestion",
    )
