"""A node for each method that trains.

Keras is imported when a network is trained, and not where all runs are stored.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

from ...images import ImageSet
from ...longtail.methods import Methods
from ...runs import Run, RunStore
from ...training import HeldOut, Job, Places, Recipe, Task


def _trained(job: Callable[..., Job]) -> Callable[..., Iterator[Run]]:
    """Returns the node function that does what a job says, with its inputs."""

    # Its own name stays: by that it is found in another process.
    @wraps(job, assigned=("__module__", "__doc__", "__annotations__"))
    def train(self, *inputs: Any) -> Iterator[Run]:
        yield from job(self, *inputs).missing()

    return train


@dataclass(frozen=True)
class Training:
    """The trainings of a method: a network for each seed of the recipe.

    A training that was interrupted goes on after its last finished epoch. Each run is
    stored before the next training begins.

    Attributes:
        name: that of the method.
    """

    name: str

    def job(
        self,
        train_set: ImageSet,
        test_set: ImageSet,
        validation_set: ImageSet,
        training: Recipe,
        methods: Methods,
        run_store: RunStore,
        checkpoints: Path,
        features: Path,
        tensorboard: Path,
    ) -> Job:
        """Returns what is to be trained."""
        methods = Methods.model_validate(methods)
        recipe = Recipe.model_validate(training)
        method = getattr(methods, self.name)
        task = Task(method, recipe, train_set, test_set, validation_set=validation_set)
        places = Places(checkpoints, tensorboard, features)
        return _job(task, methods, run_store, places)

    train = _trained(job)


@dataclass(frozen=True)
class HeldOutTraining:
    """The same on less, to choose tau: each network without the images it holds out.

    Attributes:
        name: that of the method.
    """

    name: str

    def job(
        self,
        train_set: ImageSet,
        test_set: ImageSet,
        training: Recipe,
        methods: Methods,
        held_out: HeldOut,
        run_store: RunStore,
        checkpoints: Path,
        features: Path,
        tensorboard: Path,
    ) -> Job:
        """Returns what is to be trained: nothing, where nothing is to be held out."""
        methods = Methods.model_validate(methods)
        recipe = Recipe.model_validate(training)
        fraction = HeldOut.model_validate(held_out).fraction
        method = getattr(methods, self.name)
        task = Task(method, recipe, train_set, test_set, held_out=fraction)
        places = Places(checkpoints, tensorboard, features)
        job = _job(task, methods, run_store, places)
        return job if fraction else replace(job, seeds=())

    train = _trained(job)


def _job(task: Task, methods: Methods, run_store: RunStore, places: Places) -> Job:
    methods.check(task.train_set.class_counts())  # before hours of the first of them
    name = task.method.name
    return Job(
        task,
        tuple(task.recipe.seeds),
        run_store,
        places,
        methods.adjusting(name),
        methods.start_of(name),
    )
