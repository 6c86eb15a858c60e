"""How many trainings at once this machine has room for."""

import logging
import shutil
from collections.abc import Sequence

from .jobs import Job
from .limits import cores, free_memory

NEEDED = 3 * 2**29  # bytes: a training of images this small takes up to 1.5 GiB

logger = logging.getLogger(__name__)


def at_once(jobs: Sequence[Job]) -> int:
    """Returns how many trainings pay at once, or how many are asked for.

    The cores are divided among them, and their memory is to be there. On a GPU one at a
    time is enough.

    Args:
        jobs: what is to be trained, by one recipe.
    """
    if not jobs:
        return 0
    recipe = jobs[0].task.recipe
    if recipe.at_once is not None:
        return min(recipe.at_once, len(jobs))
    if shutil.which("nvidia-smi"):
        return 1
    for_cores = min(len(jobs), max(1, cores() // recipe.threads))
    free = free_memory()
    for_memory = max(1, free // max(map(_needed, jobs)))
    if for_memory < for_cores:
        logger.info(
            "%d trainings at once, for which there is memory: %.1f GiB are free",
            for_memory,
            free / 2**30,
        )
    return min(for_cores, for_memory)


def _needed(job: Job) -> int:
    """Returns how many bytes a training may take, as far as that is known."""
    images = job.task.train_set
    return NEEDED + 2 * len(images) * images.image_bytes
