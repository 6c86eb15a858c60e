"""The wiring of modeling, from the registry of methods."""

from collections.abc import Callable, Iterable

from kedro.pipeline import Node, Pipeline

from ...longtail.methods import TABLE_1, TRAINED
from .. import HELD_OUT, across_namespaces
from .nodes import HeldOutTraining, Training

SETS = ("train_set", "test_set", "validation_set")
PARAMETERS = ("params:training", "params:methods")
FOLDERS = ("checkpoints", "features")


def create_pipeline(methods: Iterable[str] = TABLE_1) -> Pipeline:
    """Returns the pipeline that trains; here `erm`.

    ```
    train_set, test_set, validation_set, run_store ──> erm.train ──> erm.runs
    ```

    A method that starts from another's networks looks for runs where that one has put
    its own, so after it:

    ```
    train_set, test_set, validation_set, erm.runs ──> crt.train ──> crt.runs
    ```

    Post-hoc methods train nothing, so they have no node here: they are read out of the
    runs that they adjust.

    Args:
        methods: their names in the registry.
    """
    parts = [
        _node(name, name, Training(name).train, *SETS, *PARAMETERS)
        for name in methods
        if name in TRAINED
    ]
    return sum(parts, Pipeline([]))


def create_held_out_pipeline(methods: Iterable[str]) -> Pipeline:
    """Returns the pipeline that trains methods once more, to choose tau.

    ```
    train_set, test_set, run_store ──> erm_held_out.train ──> erm_held_out.runs
    ```

    Args:
        methods: the names of those that post-hoc methods adjust.
    """
    inputs = ("train_set", "test_set", *PARAMETERS, "params:held_out")
    parts = [
        _node(f"{name}{HELD_OUT}", name, HeldOutTraining(name).train, *inputs)
        for name in methods
    ]
    return sum(parts, Pipeline([]))


def _node(namespace: str, method: str, func: Callable, *inputs: str) -> Pipeline:
    start = TRAINED[method].starts_from
    store = "run_store" if start is None else f"{start}_runs"
    given = [*inputs, store, *FOLDERS]
    node = Node(func, [*given, "tensorboard"], "runs", name="train")
    parameters = {name for name in inputs if name.startswith("params:")}
    outside = {name: name for name in given if name not in parameters}
    if start is not None:
        outside[store] = f"{start}.runs"
    with across_namespaces():
        return Pipeline(
            [node],
            namespace=namespace,
            inputs=outside,
            parameters=parameters,
            tags=["modeling", method],
        )
