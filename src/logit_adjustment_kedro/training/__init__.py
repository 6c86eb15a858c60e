"""The engine: from images and a recipe to a `Run`. Keras, and no Kedro.

    from logit_adjustment_kedro.training import Recipe, Task, train

    run = train(Task(method, recipe, train_set, test_set), seed=0)

Keras is imported when something is trained, not with this package: recipes are checked,
and stored runs are asked for, where there is no Keras.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .backend import prepare
from .held_out import HeldOut
from .jobs import Job
from .missing import Places, train_missing
from .recipe import LearningRate, Recipe
from .room import at_once
from .task import Task
from .workers import Workers

if TYPE_CHECKING:
    from .engine import train
    from .predictions import predict

__all__ = [
    "HeldOut",
    "Job",
    "LearningRate",
    "Places",
    "Recipe",
    "Task",
    "Workers",
    "at_once",
    "predict",
    "train",
    "train_missing",
]

_NEEDS_KERAS = {"predict": "predictions", "train": "engine"}


def __getattr__(name: str) -> Any:
    if name not in _NEEDS_KERAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    prepare()
    return getattr(import_module(f".{_NEEDS_KERAS[name]}", __name__), name)
