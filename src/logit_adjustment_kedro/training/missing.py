"""Trainings that are asked for and not stored yet."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..longtail.methods import PosthocMethod, TrainedMethod
from ..runs import Run, RunStore, Setup
from .backend import compute_with, prepare
from .bars import Shown
from .claim import Taken, claim
from .task import Task

PATIENCE = 1.0  # seconds, until it is looked again whether somebody else is through

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Places:
    """Where a training keeps its files while it runs, or for the next one.

    Attributes:
        checkpoints: a folder for what an interrupted training goes on from.
        curves: a folder for TensorBoard.
        features: a folder for those of frozen networks; None keeps none.
    """

    checkpoints: Path
    curves: Path
    features: Path | None = None

    def checkpoint(self, setup: Setup, seed: int) -> Path:
        """Returns the file that an interrupted training goes on from."""
        return self.checkpoints / setup.method / setup.digest / f"seed_{seed}.npz"

    def curve(self, setup: Setup, seed: int) -> Path:
        """Returns the folder for the curves of one training."""
        return self.curves / setup.digest / f"seed_{seed}"


def train_missing(
    task: Task,
    seeds: Sequence[int],
    store: RunStore,
    places: Places,
    read_outs: Sequence[PosthocMethod] = (),
    starts_from: TrainedMethod | None = None,
    shown: Shown | None = None,
) -> Iterator[Run]:
    """Trains the seeds that are not stored, one after the other.

    Who asks for the next run must have stored the one before: its checkpoint is removed
    then, and who waits for it looks into the store. What another process trains is left
    to it, and waited for at the end.

    Args:
        task: what to train.
        seeds: those that are asked for.
        store: where runs are looked up.
        places: where to keep files meanwhile.
        read_outs: see `train`.
        starts_from: the method whose stored network, of the same seed, is started from;
            None for a method that trains all of its own.
        shown: see `train`.

    Yields:
        Each run that was trained here.

    Raises:
        InputError: a run to start from is missing; what `train` raises, besides.
    """
    wait, left = 0.0, [s for s in seeds if _is_open(task.setup, s, store, places)]
    if left:
        _announce(task, left)
    while left:
        taken = []
        for seed in left:
            kept = places.checkpoint(task.setup, seed)
            try:
                with claim(kept.with_suffix(".lock"), wait):
                    if not store.has(task.setup, seed):
                        start = _start(task, starts_from, seed, store)
                        yield _train(task, seed, start, places, read_outs, shown)
                    kept.unlink(missing_ok=True)
            except Taken as owner:
                if not wait:
                    name = f"{task.name}, seed {seed},"
                    logger.info("%s is being trained by %s", name, owner)
                taken.append(seed)
        left, wait = taken, PATIENCE


def _announce(task: Task, seeds: Sequence[int]) -> None:
    prepare()
    compute_with(task.recipe.threads)
    import keras

    logger.info(
        "Training %s, seed%s %s, on %s (%s), images from %s",
        task.name,
        "s" if len(seeds) > 1 else "",
        ", ".join(map(str, seeds)),
        ", ".join(keras.distribution.list_devices()),
        keras.backend.backend(),
        task.train_set.origin,
    )


def _start(
    task: Task, method: TrainedMethod | None, seed: int, store: RunStore
) -> Run | None:
    if method is None:
        return None
    (run,) = store.demand(replace(task, method=method).setup, [seed])
    return run


def _train(
    task: Task,
    seed: int,
    start: Run | None,
    places: Places,
    read_outs: Sequence[PosthocMethod],
    shown: Shown | None,
) -> Run:
    from .engine import train

    return train(
        task,
        seed,
        start=start,
        read_outs=read_outs,
        checkpoint=places.checkpoint(task.setup, seed),
        curves=places.curve(task.setup, seed),
        features=places.features,
        shown=shown,
    )


def _is_open(setup: Setup, seed: int, store: RunStore, places: Places) -> bool:
    """Tells whether there is anything to do: to train, or to clear away."""
    return not store.has(setup, seed) or places.checkpoint(setup, seed).exists()
