"""What a model answers about new examples, as a table."""

import logging
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from ..errors import InputError, first_of
from ..images import GONE, Batch, ImageSet, Unlabelled
from ..training.predictions import shown_together
from .model import Model

logger = logging.getLogger(__name__)


def answer(model: Model, examples: Unlabelled, like: ImageSet) -> pd.DataFrame:
    """Answers about examples, of which a batch at a time is read.

    Args:
        model: what answers.
        examples: what it is asked about.
        like: images of its training, or features.

    Returns:
        One row an example, in the order of `examples.names`; columns `file` (of
        features `row`), `class_name` and `probability` of the likeliest class,
        `next_class_name` and `next_probability` of the next, and `unreadable`: why
        nothing is answered, where a file cannot be read; else missing, as then are the
        others.

    Raises:
        InputError: the examples cannot be like those of the training, or none of them
            can be read.
    """
    count = len(examples.names)
    best, chances = np.full((count, 2), -1), np.full((count, 2), np.nan)
    faults = dict.fromkeys(range(count), GONE)
    for batch in batches_of(examples, like):
        faults |= batch.faults
        if len(batch.rows):
            probabilities = model.probabilities(batch.examples)
            top = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
            best[batch.rows] = top
            chances[batch.rows] = np.take_along_axis(probabilities, top, axis=1)
        for row in batch.rows:
            del faults[row]
    _tell(faults, examples.names)
    names = np.array([*model.class_names, None], object)  # the last one is that of -1
    columns = {
        examples.called: examples.names,
        "class_name": names[best[:, 0]],
        "probability": chances[:, 0],
        "next_class_name": names[best[:, 1]],
        "next_probability": chances[:, 1],
        "unreadable": [faults.get(row) for row in range(count)],
    }
    return pd.DataFrame(columns)


def batches_of(examples: Unlabelled, like: ImageSet) -> Iterator[Batch]:
    """Returns the examples, as many at a time as a network is shown together.

    Raises:
        InputError: see `Unlabelled.batches`.
    """
    return examples.batches(like, shown_together(like))


def _tell(faults: dict[int, str], names: Sequence[str]) -> None:
    if not faults:
        return
    told = first_of(
        [f"{names[row]!r} ({fault})" for row, fault in sorted(faults.items())]
    )
    if len(faults) == len(names):
        raise InputError(
            f"Expected a picture that can be read. Received: {len(names)} files, none "
            f"of which can: {told}"
        )
    logger.warning(
        "%d of %d files cannot be read, and have no class in the table: %s",
        len(faults),
        len(names),
        told,
    )
