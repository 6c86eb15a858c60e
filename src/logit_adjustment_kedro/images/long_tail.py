"""Training images, taken away until the classes are as imbalanced as asked for."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ..errors import InputError
from ..longtail.profiles import exponential_profile, step_profile
from ..parameters import Parameters
from .image_set import ImageSet

# What each profile needs, and what it may have beside that.
TAKES: Mapping[str, tuple[set[str], set[str]]] = {
    "as_it_is": (set(), set()),
    "exp": ({"imbalance_ratio"}, {"n_max", "order"}),
    "step": ({"imbalance_ratio"}, {"n_max", "order"}),
    "counts": ({"counts"}, {"order"}),
}


class LongTail(Parameters):
    """How imbalanced the classes of the training set are made.

    Attributes:
        profile: `as_it_is` takes nothing away; `exp` and `step` are the profiles of
            `longtail.profiles`; with `counts` they are given.
        n_max: for `exp` and `step`, the images of the most frequent class; None means
            those of the class that has the most.
        imbalance_ratio: for `exp` and `step`, the count of the most frequent class over
            that of the rarest.
        counts: for `counts`, the images of each class, in the order that `order` says.
        order: the names of the classes, from the most to the least frequent; None means
            the order of the labels.
        seed: which images are kept follows from it.

    Example:
    >>> LongTail(profile="exp", n_max=5000, imbalance_ratio=100).counts_of([6000] * 3)
    array([5000,  500,   50])
    """

    profile: Literal["as_it_is", "exp", "step", "counts"] = "as_it_is"
    n_max: int | None = Field(default=None, ge=1)
    imbalance_ratio: float | None = Field(default=None, ge=1)
    counts: list[Annotated[int, Field(ge=1)]] | None = None
    order: list[str] | None = None
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _as_the_profile_asks(self) -> Self:
        needed, allowed = TAKES[self.profile]
        names = ("n_max", "imbalance_ratio", "counts", "order")
        given = {name for name in names if getattr(self, name) is not None}
        if not needed <= given <= needed | allowed:
            told = [*needed, *(f"perhaps {name}" for name in sorted(allowed))]
            raise PydanticCustomError(
                "long_tail",
                f"Expected profile {self.profile} with "
                f"{', '.join(told) or 'none of the others but a seed'}",
            )
        return self

    def counts_of(self, available: np.ndarray) -> np.ndarray:
        """Returns how many images each class is to have.

        Args:
            available: `[L]`, how many it has, from the most frequent on.

        Returns:
            `[L] int64`, in the same order.

        Raises:
            InputError: there is no such profile, or another number of counts.
        """
        if self.profile == "counts":
            if len(self.counts) != len(available):
                raise InputError(
                    f"Expected counts of {len(available)} classes. "
                    f"Received: {len(self.counts)}"
                )
            return np.array(self.counts)
        profile = {"exp": exponential_profile, "step": step_profile}[self.profile]
        n_max = int(np.max(available)) if self.n_max is None else self.n_max
        return profile(n_max, len(available), self.imbalance_ratio)


def make_long_tailed(images: ImageSet, long_tail: LongTail) -> ImageSet:
    """Takes images away at random, class by class, and copies none.

    Args:
        images: the training set, with enough images of each class.
        long_tail: how many to keep.

    Returns:
        What is kept, in the order in which it was. What is kept of a class follows from
        the seed and the label, whatever the other classes are; with a smaller count it
        is a part of what it is with a larger one.

    Raises:
        InputError: a class has too few images, or `order` or `counts` are of other
            classes.
    """
    if long_tail.profile == "as_it_is":
        return images
    try:
        return images.take(_rows(images, long_tail))
    except InputError as fault:
        raise InputError(f"{images.origin}: {fault}") from None


def _rows(images: ImageSet, long_tail: LongTail) -> np.ndarray:
    labels = _order(images.class_names, long_tail.order)
    counts = images.class_counts()[labels]
    kept = []
    for label, wanted, has in zip(
        labels, long_tail.counts_of(counts), counts, strict=True
    ):
        if has < wanted:
            raise InputError(
                f"Expected at least {wanted:,} images of class {label} "
                f"({images.class_names[label]}), of which as many are to be kept. "
                f"Received: {has:,}"
            )
        random = np.random.default_rng([long_tail.seed, label])
        kept.append(random.permutation(np.flatnonzero(images.labels == label))[:wanted])
    return np.sort(np.concatenate(kept))


def _order(class_names: tuple[str, ...], order: list[str] | None) -> list[int]:
    """Returns the labels from the most to the least frequent class."""
    if order is None:
        return [*range(len(class_names))]
    times = Counter(order)
    for name in (*order, *class_names):
        if name not in class_names or times[name] != 1:
            raise InputError(
                "Expected order to name each class once. Received: "
                f"{name!r} {times[name]} times, of the classes {class_names}"
            )
    return [class_names.index(name) for name in order]
