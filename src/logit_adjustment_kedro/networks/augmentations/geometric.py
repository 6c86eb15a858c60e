"""Augmentations that move pixels."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field
from typing_extensions import override

from .base import Geometric

if TYPE_CHECKING:
    from ..layers.augmentation import Draw


class Mirror(Geometric):
    """Mirrors half of the images left to right."""

    name: ClassVar[str] = "mirror"

    @override
    def move_columns(self, columns, width: int, draw: "Draw"):
        from keras import ops

        return ops.where(draw.choice(2) == 1, width - 1 - columns, columns)


class Shift(Geometric):
    """Shifts images along both sides; what comes in from outside is zeros.

    Attributes:
        pixels: the largest shift: that of a random crop out of an image with so many
            pixels added a side.
    """

    name: ClassVar[str] = "shift"
    pixels: int = Field(ge=1)

    @property
    @override
    def margin(self) -> int:
        return self.pixels

    @override
    def move_rows(self, rows, height: int, draw: "Draw"):
        return rows + draw.choice(2 * self.pixels + 1) - self.pixels

    @override
    def move_columns(self, columns, width: int, draw: "Draw"):
        return columns + draw.choice(2 * self.pixels + 1) - self.pixels


class Zoom(Geometric):
    """Enlarges or reduces images about their centre; the nearest pixels are taken.

    Attributes:
        factor: the largest factor of either; logarithms are uniform.
        stretch: by how much more, at the most, the width is enlarged or reduced.
    """

    name: ClassVar[str] = "zoom"
    factor: float = Field(ge=1)
    stretch: float = Field(1.1, ge=1)

    @override
    def move(self, rows, columns, size: tuple[int, int], draw: "Draw"):
        height, width = size
        factor = draw.factor(self.factor, 1)
        stretch = draw.factor(self.stretch, 1)
        rows = _zoomed(rows, factor, height)
        return rows, _zoomed(columns, factor * stretch, width)


def _zoomed(places, factor, size: int):
    from keras import ops

    centre = (size - 1) / 2
    distances = ops.cast(places, "float32") - centre
    return ops.cast(ops.round(distances * factor + centre), "int32")
