"""A node for each method that trains.

Keras is imported when a network is trained, and not where all runs are stored.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from ...images import ImageSet
from ...longtail.methods import Methods
from ...runs import Run, RunStore
from ...training import HeldOut, Places, Recipe, Task, train_missing


def training_node(name: str) -> Callable:
    """Returns the node function that trains the method called `name`."""

    def train_all_seeds(
        train_set: ImageSet,
        test_set: ImageSet,
        validation_set: ImageSet,
        training: Recipe,
        methods: Methods,
        run_store: RunStore,
        checkpoints: Path,
        features: Path,
        tensorboard: Path,
    ) -> Iterator[Run]:
        """Trains a network for each seed of the recipe whose run is not stored yet.

        A training that was interrupted goes on after its last finished epoch. Each run
        is stored before the next training begins.

        Yields:
            The runs that were trained.
        """
        method = getattr(methods, name)
        task = Task(
            method, training, train_set, test_set, validation_set=validation_set
        )
        yield from _train(task, methods, run_store, checkpoints, features, tensorboard)

    return train_all_seeds


def held_out_node(name: str) -> Callable:
    """Returns the node function that trains `name` again, on less, to choose tau."""

    def train_on_less(
        train_set: ImageSet,
        test_set: ImageSet,
        training: Recipe,
        methods: Methods,
        held_out: HeldOut,
        run_store: RunStore,
        checkpoints: Path,
        features: Path,
        tensorboard: Path,
    ) -> Iterator[Run]:
        """Trains a network for each seed without the images that it holds out.

        Yields:
            The runs that were trained; none where nothing is to be held out.
        """
        if held_out.fraction == 0:
            return
        method, fraction = getattr(methods, name), held_out.fraction
        task = Task(method, training, train_set, test_set, held_out=fraction)
        yield from _train(task, methods, run_store, checkpoints, features, tensorboard)

    return train_on_less


def _train(
    task: Task,
    methods: Methods,
    run_store: RunStore,
    checkpoints: Path,
    features: Path,
    tensorboard: Path,
) -> Iterator[Run]:
    methods.check(task.train_set.class_counts())  # before hours of the first of them
    places = Places(checkpoints, tensorboard, features)
    name = task.method.name
    yield from train_missing(
        task,
        task.recipe.seeds,
        run_store,
        places,
        methods.adjusting(name),
        methods.start_of(name),
    )
