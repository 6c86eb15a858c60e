"""What an augmentation is: one that moves pixels, or one that changes their values."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from ...parameters import Parameters

if TYPE_CHECKING:
    from ..layers.augmentation import Draw


class Augmentation(Parameters, ABC):
    """An augmentation, and its parameters.

    Attributes:
        name: what a recipe calls it.
    """

    name: ClassVar[str]


class Geometric(Augmentation):
    """Takes the pixels of an image from other rows and columns of it.

    These are counted from 0 in the image with a margin of zeros around it; what lies
    beyond the margin is zeros too. First every augmentation moves the rows, then every
    one moves the columns, then every one moves both.
    """

    @property
    def margin(self) -> int:
        """The pixels of margin a side that this augmentation needs."""
        return 0

    def move_rows(self, rows, height: int, draw: "Draw"):
        """Returns from where the rows of each image are taken.

        Args:
            rows: from where they would be taken without this, `[N or 1, H] int32`.
            height: that of the image with its margin.
            draw: random numbers for each image.
        """
        return rows

    def move_columns(self, columns, width: int, draw: "Draw"):
        """Returns from where the columns are taken, as `move_rows` does of the rows."""
        return columns

    def move(self, rows, columns, size: tuple[int, int], draw: "Draw"):
        """Returns from where rows and columns are taken; `size` is height, width."""
        return rows, columns


class Photometric(Augmentation):
    """Changes the values of pixels, once these are where they should be."""

    @abstractmethod
    def change(self, images, draw: "Draw"):
        """Returns changed images, `[N, H, W, C]`.

        Args:
            images: `[N, H, W, C]`, scaled so that 1 is from black to white.
            draw: random numbers for each image.
        """
