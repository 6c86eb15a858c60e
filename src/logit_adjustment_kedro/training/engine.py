"""One training: a task and a seed."""

import logging
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..longtail.methods import PosthocMethod
from ..runs import Part, Run, View
from .bars import Bars, Shown
from .callbacks import EpochLog, Recorder, SeedEpoch
from .checkpoint import Checkpoint, training_state
from .diary import Diary
from .evaluation import Evaluation
from .features import Features
from .frozen_features import FrozenFeatures
from .last_layer import last_layer_of
from .machine import made_with
from .predictions import views
from .progress import Progress
from .representation import Representation
from .task import Split, Task
from .tracking import TensorBoardCurves
from .trainee import Trainee, trainee_of

# Keras has one random state and one dtype policy a process: two trainings at once, in
# threads, would draw each other's first weights.
ONE_AT_A_TIME = threading.Lock()

logger = logging.getLogger(__name__)


def train(
    task: Task,
    seed: int,
    *,
    start: Run | None = None,
    read_outs: Sequence[PosthocMethod] = (),
    checkpoint: Path | None = None,
    curves: Path | None = None,
    features: Path | None = None,
    shown: Shown | None = None,
) -> Run:
    """Trains a network, or its last layer, or goes on from where a checkpoint stands.

    Args:
        task: what to train, on what.
        seed: weights, shuffling and augmentation follow from it.
        start: the run, of the same images, recipe and seed, whose network's last layer
            is trained anew, for a method that starts from another's.
        read_outs: post-hoc methods whose accuracy is measured too while training.
        checkpoint: a file that belongs to this task and seed alone, to go on from
            after an interruption; none is kept unless it is given.
        curves: a folder for TensorBoard's curves; none are written unless it is given.
        features: a folder for those of a frozen network, for all that asks for them
            again; none are kept unless it is given.
        shown: whom it tells how far it is; by default the terminal, or the log.

    In one process, one network is trained at a time.

    Returns:
        The run, with its network in memory and without the state of its optimiser.

    Raises:
        InputError: there are fewer images than in a batch, or the network diverged, or
            there are no features of these images.
        ValueError: `start` is not the run to start from.
    """
    _check_start(task, seed, start)
    with ONE_AT_A_TIME:
        frozen = FrozenFeatures.of(task, features)
        parts: list[Features] = [] if frozen is None else [frozen]
        if start is not None:
            parts.append(Representation.of(start, frozen=frozen is not None))
        for part in parts:
            task = part.on_features(task)
        run = _train(task, seed, read_outs, checkpoint, curves, shown or Bars())
        if not parts:
            return run
        whole = parts[-1].whole(run.trained)
        last_layer = last_layer_of(whole, run.last_layer.class_counts)
        return replace(run, trained=whole, last_layer=last_layer)


def _check_start(task: Task, seed: int, start: Run | None) -> None:
    method = task.method.starts_from
    expected = None if method is None else (method, seed)
    received = None if start is None else (start.setup.method, start.seed)
    if expected != received:
        raise ValueError(
            f"Expected start={expected}, method and seed of the run that "
            f"{task.method.name}, seed {seed}, starts from. Received: {received}"
        )
    if start is not None and (others := start.setup.unlike(task.setup)):
        raise ValueError(
            "Expected a run to start from on the same data, by the same recipe. "
            f"Received: one that differs in {', '.join(others)}"
        )


def _train(
    task: Task,
    seed: int,
    read_outs: Sequence[PosthocMethod],
    checkpoint: Path | None,
    curves: Path | None,
    shown: Shown,
) -> Run:
    split, name = task.split(seed), f"{task.name}, seed {seed}"
    trainee = trainee_of(task, split, seed)
    kept = Checkpoint(
        file=checkpoint,
        owner=f"{task.setup.digest}, seed {seed}",
        state=training_state(trainee.network, trainee.trainer.optimizer),
    )
    diary = kept.restore()
    evaluation = Evaluation(
        network=trainee.network,
        split=split,
        methods=(task.method, *read_outs),
        diary=diary,
        every=task.recipe.evaluate_every,
    )
    if diary.epochs:
        done = f"{len(diary.epochs)} of {task.recipe.epochs}"
        logger.info("%s: %s epochs are trained", name, done)
    if len(diary.epochs) < task.recipe.epochs:
        # In this order: each finds in the diary what those before it have written.
        callbacks = [
            SeedEpoch(trainee.batches, trainee.network, seed),
            EpochLog(name, trainee.schedule, evaluation, diary),
            Recorder(kept, diary),
        ]
        with ExitStack() as watching:
            if curves:
                board = TensorBoardCurves(curves, diary, split.part)
                callbacks.append(watching.enter_context(closing(board)))
            progress = Progress(name, diary, split.part, shown)
            callbacks.append(watching.enter_context(closing(progress)))
            trainee.fit(diary, task.recipe.epochs, callbacks)
    known = {split.part: evaluation.logits}
    logits = {
        (part, view): array
        for part, images in split.parts.items()
        for view, array in views(trainee.network, images, known.get(part)).items()
    }
    return _run(task, seed, split, trainee, diary, logits)


def _run(
    task: Task,
    seed: int,
    split: Split,
    trainee: Trainee,
    diary: Diary,
    logits: dict[tuple[Part, View], np.ndarray],
) -> Run:
    network, recipe = trainee.network, task.recipe
    return Run(
        setup=task.setup,
        seed=seed,
        epochs=diary.epochs_table(),
        accuracies=diary.accuracies_table(),
        logits=logits,
        labels={part: images.labels for part, images in split.parts.items()},
        last_layer=last_layer_of(network, split.train_set.class_counts()),
        weights=sum(int(np.prod(w.shape)) for w in network.trainable_weights),
        samples_seen=recipe.epochs * len(trainee.batches) * recipe.batch_size,
        made_with=made_with(),
        trained=network,
    )
