"""New examples, whose labels nobody knows: read a batch at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .image_set import ImageSet

GONE = "it is no longer there"  # of a file that was listed, and cannot be found


@dataclass(frozen=True, eq=False)
class Batch:
    """Some of the new examples.

    Attributes:
        rows: `[K]`, which of them these are, each in `[0, N)`.
        examples: `[K, H, W, C]`, of the shape and dtype that a network takes.
        faults: of those that are not among them, as they cannot be read, why; by row.
    """

    rows: Sequence[int]
    examples: np.ndarray
    faults: Mapping[int, str]


class Unlabelled(Protocol):
    """New examples, wherever they lie.

    Attributes:
        names: `N` texts, what they are called there.
        called: what such a name is: the column of a table.
    """

    names: Sequence[str]
    called: str

    def batches(self, like: ImageSet, size: int) -> Iterator[Batch]:
        """Returns the examples, of which never more than a batch is in memory.

        Each comes once, in any order; one that is meanwhile gone may be left out.

        Args:
            like: images of the training, or features: those that come are of their
                shape and dtype, and were made so in the same way.
            size: how many come together at most.

        Raises:
            InputError: the examples cannot be like those; raised before any is read.
        """
