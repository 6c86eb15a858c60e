"""What valid parameters of the comparison are."""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ...parameters import Parameters


class Groups(Parameters):
    """How classes are gathered into head, medium and tail.

    Attributes:
        by: `rank`, by the rank of a class from 1, the most frequent; or `count`, by its
            number of training images.
        head: the last rank of the head, or the count that its classes exceed.
        tail: the first rank of the tail, or the count that its classes fall short of.
    """

    by: Literal["rank", "count"]
    head: int = Field(ge=1)
    tail: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        by_rank = self.by == "rank"
        if self.head >= self.tail if by_rank else self.tail > self.head:
            raise PydanticCustomError(
                "groups", "Expected head and tail that leave no class in both"
            )
        return self

    def of(self, counts: np.ndarray) -> np.ndarray:
        """Returns the group of each class, `[L]` of texts.

        Args:
            counts: `[L]`, the number of training images of each class.
        """
        if self.by == "count":
            is_head, is_tail = counts > self.head, counts < self.tail
        else:
            rank = np.argsort(np.argsort(-counts, kind="stable")) + 1
            is_head, is_tail = rank <= self.head, rank >= self.tail
        return np.select([is_head, is_tail], ["head", "tail"], "medium")


class Comparison(Parameters):
    """The parameters of the comparison.

    Attributes:
        dataset: the name under which published figures are looked up.
        groups: which classes are head, medium and tail.
        tau_max: the largest tau of the post-hoc methods that is tried; the smallest is
            0.
        tau_steps: in how many equal steps.
    """

    dataset: str
    groups: Groups
    tau_max: float = Field(gt=0)
    tau_steps: int = Field(ge=1)

    def taus(self) -> np.ndarray:
        """Returns the grid, `[T] float64`."""
        return np.linspace(0, self.tau_max, self.tau_steps + 1)
