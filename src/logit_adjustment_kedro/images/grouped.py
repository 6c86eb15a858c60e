"""Images that come in groups, divided into parts: to train, and to measure on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..longtail.checks import check_indices
from .division import divide


def divide_groups(
    labels: np.ndarray,
    groups: np.ndarray,
    num_classes: int,
    fractions: Sequence[float],
    seed: int,
) -> list[np.ndarray]:
    """Divides images at random, and never those of one group, such as of one patient.

    How many images of each class a further part should have is what `divide` would give
    it. The groups come in an order that follows from the seed. Each further part, in
    turn, takes those that bring it nearer to what it should have: by the differences of
    the classes, each as a share of what is wanted of the class, together. For a class
    that it has none of then, it takes the smallest group that has some. What would be
    the last training images of a class it leaves.

    Args:
        labels: `[N]`, each in `[0, num_classes)`.
        groups: `[N]`, the group of each image, in `[0, N)`.
        num_classes: `L`.
        fractions: those of the further parts; together they are less than 1.
        seed: which groups follows from it.

    Returns:
        Row numbers, rising: those that train, then those of each further part.

    Raises:
        InputError: labels, groups or fractions are others than these.

    Example:
    Of six groups of two images each, one is to test on:

    >>> groups = np.repeat(np.arange(6), 2)
    >>> parts = divide_groups(np.zeros(12, int), groups, 1, fractions=[0.2], seed=0)
    >>> [len(set(groups[rows])) for rows in parts]
    [5, 1]
    """
    labels = check_indices(labels, np.size(labels), num_classes)
    groups = check_indices(groups, len(labels), len(labels), name="groups")
    _, *further = divide(labels, num_classes, fractions, seed)
    left = np.bincount(labels, minlength=num_classes)
    free = [*_groups(labels, groups, seed)]
    parts = []
    for rows in further:
        wanted = np.bincount(labels[rows], minlength=num_classes)
        taken = _take(free, wanted, left)
        free = [group for group in free if group not in taken]
        parts.append(taken)
    return [_rows(part) for part in (free, *parts)]


def number_groups(groups: np.ndarray) -> np.ndarray:
    """Returns a number for each group: the row of the first image that is in it.

    Args:
        groups: `[N]`, what the group of each image is called.

    Returns:
        `[N] int64`, each in `[0, N)`.

    >>> number_groups(np.array(["eve", "bob", "eve"])).tolist()
    [0, 1, 0]
    """
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    return first[group]


@dataclass(frozen=True, eq=False)
class _Group:
    """Images that stay together: their rows, their classes, and how many of each."""

    rows: np.ndarray
    classes: np.ndarray
    counts: np.ndarray


def _groups(labels: np.ndarray, groups: np.ndarray, seed: int) -> Iterator[_Group]:
    """Yields the groups in an order that follows from the seed."""
    _, sizes = np.unique(groups, return_counts=True)
    members = np.split(np.argsort(groups, kind="stable"), np.cumsum(sizes)[:-1])
    for number in np.random.default_rng(seed).permutation(len(members)):
        rows = members[number]
        yield _Group(rows, *np.unique(labels[rows], return_counts=True))


def _take(
    groups: Sequence[_Group], wanted: np.ndarray, left: np.ndarray
) -> set[_Group]:
    """Returns the groups of one part, and takes their images off `left`, `[L]`."""
    taken, short = set(), wanted.copy()

    def may_go(group: _Group) -> bool:
        return group not in taken and (left[group.classes] > group.counts).all()

    def brings_nearer(group: _Group) -> bool:
        before = short[group.classes]
        gain = np.abs(before) - np.abs(before - group.counts)
        return (gain / np.maximum(wanted[group.classes], 1)).sum() > 0

    def take(group: _Group) -> None:
        taken.add(group)
        short[group.classes] -= group.counts
        left[group.classes] -= group.counts

    for group in groups:
        if may_go(group) and brings_nearer(group):
            take(group)
    for label in np.flatnonzero(wanted):
        if short[label] == wanted[label]:
            having = [g for g in groups if label in g.classes and may_go(g)]
            if having:
                take(min(having, key=lambda group: len(group.rows)))
    return taken


def _rows(groups: Sequence[_Group] | set[_Group]) -> np.ndarray:
    return np.sort(np.concatenate([np.array([], int), *(g.rows for g in groups)]))
