"""Classes in the order of their frequency, and in groups of it."""

from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ..parameters import Parameters
from .checks import in_label_order

GROUPS = ("head", "medium", "tail")


class Groups(Parameters):
    """How classes are gathered into head, medium and tail.

    Attributes:
        by: `rank`, by the rank of a class from 1, the most frequent; `count`, by its
            number of training images; or `share`, by a share of the classes, in the
            order of their ranks.
        head: the last rank of the head, the count that its classes exceed, or their
            share of all classes, rounded.
        tail: the first rank of the tail, the count that its classes fall short of, or
            their share of all classes, rounded.

    Example:
    >>> groups = Groups(by="count", head=100, tail=20)
    >>> groups.of([500, 100, 20, 19]).tolist()
    ['head', 'medium', 'medium', 'tail']
    """

    by: Literal["rank", "count", "share"]
    head: int | float = Field(gt=0)
    tail: int | float = Field(gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        head, tail = self.head, self.tail
        if self.by != "share" and not (isinstance(head, int) and isinstance(tail, int)):
            raise PydanticCustomError("groups", "Expected head and tail to be integers")
        apart = {"rank": head < tail, "count": tail <= head, "share": head + tail <= 1}
        if not apart[self.by]:
            raise PydanticCustomError(
                "groups", "Expected head and tail that leave no class in both"
            )
        return self

    def __str__(self) -> str:
        """Says it in a sentence.

        >>> str(Groups(by="rank", head=3, tail=8))
        'Head: the classes of ranks 1 to 3 by frequency; tail: from rank 8 on.'
        """
        if self.by == "rank":
            ranks = f"ranks 1 to {self.head}" if self.head > 1 else "rank 1"
            head = f"the classes of {ranks} by frequency"
            tail = f"from rank {self.tail} on"
        elif self.by == "share":
            head = f"the most frequent {100 * self.head:.3g}% of the classes"
            tail = f"the least frequent {100 * self.tail:.3g}%"
        else:
            head = f"classes of more than {self.head:,} training images"
            tail = f"of fewer than {self.tail:,}"
        return f"Head: {head}; tail: {tail}."

    def of(self, class_counts: ArrayLike) -> np.ndarray:
        """Returns the group of each class, `[L]` of texts: those of `GROUPS`.

        Args:
            class_counts: `[L]`, the number of training images of each class, in the
                order of the labels; a pandas series is read by its index.

        Raises:
            InputError: the counts are not a vector of numbers.
        """
        counts = in_label_order(class_counts)
        if self.by == "count":
            is_head, is_tail = counts > self.head, counts < self.tail
        else:
            # Sorting twice turns an order into ranks; a stable sort gives the smaller
            # rank to the smaller label where counts are equal, as `rank_classes` does.
            rank = np.argsort(np.argsort(-counts, kind="stable")) + 1
            head, tail = self.head, self.tail
            if self.by == "share":
                head, tail = (
                    round(head * len(rank)),
                    len(rank) - round(tail * len(rank)) + 1,
                )
            is_head, is_tail = rank <= head, rank >= tail
        head, medium, tail = GROUPS
        return np.select([is_head, is_tail], [head, tail], medium)


def rank_classes(class_counts: pd.DataFrame) -> pd.DataFrame:
    """Sorts the classes by frequency.

    Args:
        class_counts: columns label, class_name, count (training images), in label
            order.

    Returns:
        The same columns, with class names as text, and class_rank, from 1, the most
        frequent class. Rows are in the order of the ranks, and ties in label order. The
        index counts the rows, and tells nothing of labels.

    Example:
    >>> import pandas as pd
    >>> counts = {"label": [0, 1], "class_name": ["cat", "dog"], "count": [5, 50]}
    >>> rank_classes(pd.DataFrame(counts)).to_dict("records")[0]
    {'label': 1, 'class_name': 'dog', 'count': 50, 'class_rank': 1}
    """
    ranked = class_counts.sort_values(
        "count", ascending=False, kind="stable", ignore_index=True
    )
    # A CSV file gives names such as "0" back as numbers.
    return ranked.assign(
        class_name=ranked["class_name"].astype(str),
        class_rank=range(1, len(ranked) + 1),
    )
