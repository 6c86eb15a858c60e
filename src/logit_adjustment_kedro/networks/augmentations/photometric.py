"""Augmentations that change the values of pixels."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field
from typing_extensions import override

from .base import Photometric

if TYPE_CHECKING:
    from ..layers.augmentation import Draw


class Colour(Photometric):
    """Changes contrast and brightness, and the brightness of each channel.

    Attributes:
        contrast: the largest factor by which distances from an image's mean colour are
            multiplied or divided; logarithms are uniform.
        brightness: how much lighter or darker an image may become, where 1 is from
            black to white.
        tint: how much more each channel may, on its own.
    """

    name: ClassVar[str] = "colour"
    contrast: float = Field(1.4, ge=1)
    brightness: float = Field(0.15, ge=0)
    tint: float = Field(0.04, ge=0)

    @override
    def change(self, images, draw: "Draw"):
        from keras import ops

        mean = ops.mean(images, axis=(1, 2), keepdims=True)
        contrast = draw.factor(self.contrast, 1, 1, 1)
        shift = draw.uniform(self.brightness, 1, 1, 1)
        shift = shift + draw.uniform(self.tint, 1, 1, images.shape[-1])
        contrast, shift = (ops.cast(x, images.dtype) for x in (contrast, shift))
        return (images - mean) * contrast + mean + shift


class Cutout(Photometric):
    """Blanks a square of each image: DeVries and Taylor, arXiv 1708.04552, 2017.

    Its centre is any pixel of the image, so that at the border less than the whole
    square is blanked. What is blanked is zero, a medium grey.

    Attributes:
        size: of the square, in pixels a side.
    """

    name: ClassVar[str] = "cutout"
    size: int = Field(ge=1)

    @override
    def change(self, images, draw: "Draw"):
        from keras import ops

        _, height, width, _ = images.shape
        rows, columns = self._cut(height, draw), self._cut(width, draw)
        square = ops.logical_and(rows[:, :, None, None], columns[:, None, :, None])
        return ops.where(square, ops.zeros_like(images), images)

    def _cut(self, size: int, draw: "Draw"):
        """Returns which rows or columns go, `[N, size] bool`."""
        from keras import ops

        place = ops.arange(size) - draw.choice(size) + self.size // 2
        return ops.logical_and(place >= 0, place < self.size)
