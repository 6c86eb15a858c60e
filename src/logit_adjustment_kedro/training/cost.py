"""What a training will take, by a few steps of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import psutil

from ..images import ImageSet
from .engine import ONE_AT_A_TIME
from .frozen_features import TOGETHER, FrozenFeatures
from .predictions import predict, shown_together
from .task import Task
from .trainee import trainee_of

STEPS = 3


@dataclass(frozen=True)
class Cost:
    """What one training takes on this machine.

    Attributes:
        seconds: from its first step to its last, as the machine is now: whatever else
            it does meanwhile comes on top.
        memory: bytes of this process after these steps.
        before: seconds for the features of a frozen network, which all trainings share.
    """

    seconds: float
    memory: int
    before: float = 0.0


class _Unseen(FrozenFeatures):
    """One that computes nothing, and counts the images that it is asked about."""

    images = 0

    def features(self, images: ImageSet, mirrored: bool = False) -> np.ndarray:
        """Returns zeros, `[N, 1, 1, D] float32`: what they are costs no time."""
        self.images += len(images)
        return np.zeros((len(images), *self.extractor.output_shape[1:]), "float32")


def measure_cost(task: Task) -> Cost:
    """Trains a few steps, on the first batch, and shows the network some images.

    Raises:
        InputError: the training would refuse these images.
    """
    before = 0.0
    with ONE_AT_A_TIME:
        if frozen := _Unseen.of(task, None):
            some = task.train_set.read(slice(TOGETHER))
            each = _seconds(lambda: frozen.show(some)) / len(some)
            task = frozen.on_features(task)
            before = each * frozen.images
        recipe, split = task.recipe, task.split(0)
        trainee = trainee_of(task, split, seed=0)
        step = _seconds(lambda: trainee.trainer.train_on_batch(*trainee.batches[0]))
        most = min(len(split.measured), shown_together(split.measured))
        some = split.measured.take(np.arange(most))
        look = _seconds(lambda: predict(trainee.network, some)) / len(some)
    looks = -(-recipe.epochs // recipe.evaluate_every)
    measured = looks * look * sum(map(len, split.parts.values()))
    trained = recipe.epochs * len(trainee.batches) * step
    return Cost(trained + measured, psutil.Process().memory_info().rss, before)


def _seconds(action: Callable[[], object]) -> float:
    """Returns what an action takes, but for the first time, which compiles."""
    action()
    start = time.perf_counter()
    for _ in range(STEPS):
        action()
    return (time.perf_counter() - start) / STEPS
