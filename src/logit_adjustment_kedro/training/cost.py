"""What a training will take, by a few steps of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import psutil

from .engine import ONE_AT_A_TIME
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
    """

    seconds: float
    memory: int


def measure_cost(task: Task) -> Cost:
    """Trains a few steps, on the first batch, and shows the network some images.

    Raises:
        InputError: the training would refuse these images.
    """
    recipe, split = task.recipe, task.split(0)
    with ONE_AT_A_TIME:
        trainee = trainee_of(task, split, seed=0)
        step = _seconds(lambda: trainee.trainer.train_on_batch(*trainee.batches[0]))
        most = min(len(split.measured), shown_together(split.measured))
        some = split.measured.take(np.arange(most))
        look = _seconds(lambda: predict(trainee.network, some)) / len(some)
    looks = -(-recipe.epochs // recipe.evaluate_every)
    measured = looks * look * sum(map(len, split.parts.values()))
    trained = recipe.epochs * len(trainee.batches) * step
    return Cost(trained + measured, psutil.Process().memory_info().rss)


def _seconds(action: Callable[[], object]) -> float:
    """Returns what an action takes, but for the first time, which compiles."""
    action()
    start = time.perf_counter()
    for _ in range(STEPS):
        action()
    return (time.perf_counter() - start) / STEPS
