"""What a model answers about new examples, as a table."""

import logging
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ..errors import InputError, first_of
from ..images import GONE, Batch, ImageSet, Unlabelled
from ..longtail.mixes import is_uniform
from ..training.predictions import shown_together
from .model import Model

logger = logging.getLogger(__name__)


def answer(model: Model, examples: Unlabelled, like: ImageSet) -> pd.DataFrame:
    """Answers about examples, of which a batch at a time is read, and says by what.

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
    listed = ", ".join(map(str, model.seeds))
    logger.info(
        "Answers: %s, %s %s, for %s",
        model.method.title,
        "seed" if len(model.seeds) == 1 else "the mean of seeds",
        listed,
        mix_in_words(model.answers_for, np.array(model.setup.class_counts)),
    )
    count = len(examples.names)
    best, chances = np.full((count, 2), -1), np.full((count, 2), np.nan)
    faults = dict.fromkeys(range(count), GONE)
    for batch in batches_of(examples, like):
        faults |= batch.faults
        if len(batch.rows):
            said = two_likeliest(model.probabilities(batch.examples))
            best[batch.rows], chances[batch.rows] = said
        for row in batch.rows:
            del faults[row]
    _tell(faults, examples.names)
    return as_table(
        examples.called, examples.names, model.class_names, best, chances, faults
    )


def mix_in_words(shares: np.ndarray | None, class_counts: np.ndarray) -> str:
    """Returns what a mix of classes is called; both `[L]`, and None of an unknown mix.

    Example:
    >>> mix_in_words(np.array([0.5, 0.5]), np.array([90, 10]))
    'equally many of each class'
    """
    if shares is None:
        return "no mix of classes that is known"
    if is_uniform(shares):
        return "equally many of each class"
    if np.allclose(shares, class_counts / class_counts.sum()):
        return "the mix of the training"
    return "another mix of classes than that of the training"


def two_likeliest(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the two likeliest classes of each example, and how likely they are.

    Args:
        probabilities: `[N, L]`.

    Returns:
        Labels, `[N, 2]`, the likeliest first, and their probabilities, `[N, 2]`.
    """
    top = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    return top, np.take_along_axis(probabilities, top, axis=1)


def as_table(
    called: str,
    names: Sequence[str],
    class_names: Sequence[str],
    best: np.ndarray,
    chances: np.ndarray,
    faults: Mapping[int, str],
) -> pd.DataFrame:
    """Returns the table that `answer` describes.

    Args:
        called: what a name of an example is.
        names: `N` of them.
        class_names: `L` names.
        best: `[N, 2]`, see `two_likeliest`; -1 of what is not answered.
        chances: `[N, 2]`; NaN of what is not answered.
        faults: why not, by row.
    """
    of_classes = np.array([*class_names, None], object)  # the last one is that of -1
    columns = {
        called: names,
        "class_name": of_classes[best[:, 0]],
        "probability": chances[:, 0],
        "next_class_name": of_classes[best[:, 1]],
        "next_probability": chances[:, 1],
        "unreadable": [faults.get(row) for row in range(len(names))],
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
