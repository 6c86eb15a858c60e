"""Images that come undivided, divided into parts: to train, and to measure on."""

from collections.abc import Sequence

import numpy as np

from ..errors import InputError
from ..longtail.checks import check_indices


def divide(
    labels: np.ndarray, num_classes: int, fractions: Sequence[float], seed: int
) -> list[np.ndarray]:
    """Divides images at random, class by class.

    Each further part gets its fraction of the images of a class, rounded, but at least
    one. The further parts are served in their order, and never with the last image of a
    class: that one trains, with all others that are left. A fraction of 0 gets nothing.

    Args:
        labels: `[N]`, each in `[0, num_classes)`.
        num_classes: `L`.
        fractions: those of the further parts; together they are less than 1.
        seed: which images follows from it, class by class: the images of one class
            change nothing in another.

    Returns:
        Row numbers, rising: those that train, then those of each further part.

    Raises:
        InputError: labels or fractions are others than these.

    Example:
    >>> parts = divide(np.array([0] * 10 + [1] * 3), 2, fractions=[0.2, 0.1], seed=0)
    >>> [len(rows) for rows in parts]
    [8, 3, 2]
    """
    labels = check_indices(labels, np.size(labels), num_classes)
    if min(fractions, default=0) < 0 or not sum(fractions) < 1:
        raise InputError(
            "Expected fractions from 0 on that are less than 1 together, as some "
            f"images must train. Received: {[*fractions]}"
        )
    pieces = []
    for label in range(num_classes):
        rows = np.flatnonzero(labels == label)
        shuffled = np.random.default_rng([seed, label]).permutation(rows)
        ends = np.cumsum(_sizes(len(rows), fractions), dtype=int)
        pieces.append(np.split(shuffled, ends))
    *further, training = (
        np.sort(np.concatenate(part)) for part in zip(*pieces, strict=True)
    )
    return [training, *further]


def _sizes(count: int, fractions: Sequence[float]) -> list[int]:
    """Returns how many of `count` images each further part gets."""
    sizes, left = [], count
    for fraction in fractions:
        wanted = max(1, round(fraction * count)) if fraction > 0 else 0
        sizes.append(min(wanted, max(left - 1, 0)))
        left -= sizes[-1]
    return sizes
