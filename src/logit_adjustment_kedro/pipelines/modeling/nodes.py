"""A node for each method that trains.

Keras is imported when a node runs, not with the pipeline.
"""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from ...images import ImageSet
from ...longtail.methods import POSTHOC, Methods, PosthocMethod
from ...runs import Run, RunStore
from ...training import HeldOut, Recipe, Task

logger = logging.getLogger(__name__)


def training_node(name: str) -> Callable:
    """Returns the node function that trains the method called `name`."""

    def train_all_seeds(
        train_set: ImageSet,
        test_set: ImageSet,
        training: Recipe,
        methods: Methods,
        run_store: RunStore,
        checkpoints: Path,
        tensorboard: Path,
    ) -> Iterator[Run]:
        """Trains a network for each seed of the recipe whose run is not stored yet.

        A training that was interrupted goes on after its last finished epoch. Each run
        is stored before the next training begins.

        Yields:
            The runs that were trained.
        """
        task = Task(getattr(methods, name), training, train_set, test_set)
        yield from _train(task, methods, run_store, checkpoints, tensorboard)

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
        yield from _train(task, methods, run_store, checkpoints, tensorboard)

    return train_on_less


def _train(
    task: Task,
    methods: Methods,
    run_store: RunStore,
    checkpoints: Path,
    tensorboard: Path,
) -> Iterator[Run]:
    import keras

    from ...training import Places, train_missing

    logger.info(
        "Training %s on %s (%s), images from %s",
        task.name,
        ", ".join(keras.distribution.list_devices()),
        keras.backend.backend(),
        task.train_set.origin,
    )
    places = Places(checkpoints, tensorboard)
    read_outs = _adjusting(task.method.name, methods)
    yield from train_missing(task, task.recipe.seeds, run_store, places, read_outs)


def _adjusting(name: str, methods: Methods) -> list[PosthocMethod]:
    return [getattr(methods, n) for n, m in POSTHOC.items() if m.trained == name]
