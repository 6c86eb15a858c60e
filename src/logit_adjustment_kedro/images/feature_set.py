"""Labelled vectors of features, as images of a single pixel."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from typing_extensions import override

from ..errors import InputError
from .image_set import ImageSet


@dataclass(frozen=True, eq=False)
class FeatureSet(ImageSet):
    """Labelled vectors of features, such as those of a frozen network.

    A vector is an image of one pixel with `D` channels, `[M, 1, 1, D] float32`: so all
    that is done with images is done with features, by the same code. The attributes are
    those of `ImageSet`, and one more.

    Attributes:
        of_mirrored: the features of the same images mirrored from left to right, as
            `pixels`; None where nothing is known of that, and features stay as they
            are.

    Example:
    >>> features = np.array([[0.5, -1.0, 2.0], [1.5, 0.0, 1.0]], "float32")
    >>> labels = np.array([0, 1])
    >>> FeatureSet.of(features, labels, ("a", "b"), origin="here").image_shape
    (1, 1, 3)
    """

    DTYPE: ClassVar = np.dtype(np.float32)
    UNIT: ClassVar = "row"

    of_mirrored: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        features: np.ndarray,
        labels: np.ndarray,
        class_names: tuple[str, ...],
        origin: str,
    ) -> Self:
        """Returns features as a set; see `ImageSet` for what is not said here.

        Args:
            features: `[N, D] float32`, finite.
            labels: `[N] int64`, each in `[0, L)`.
            class_names: the `L` names.
            origin: where the features came from.

        Raises:
            InputError: the arrays or names are others than these. That features are
                finite is for the caller to know: they may be more than memory holds.
        """
        return cls(features[:, np.newaxis, np.newaxis], labels, class_names, origin)

    @override
    def mirrored(self) -> "FeatureSet":
        if self.of_mirrored is None:
            return self
        return replace(self, pixels=self.of_mirrored, of_mirrored=self.pixels)

    @property
    @override
    def kind(self) -> str:
        return f"{self.image_shape[-1]:,} features a row"

    @override
    def _check_pixels(self) -> None:
        pixels = self.pixels
        is_row = pixels.ndim == 4 and pixels.shape[1:3] == (1, 1) and pixels.shape[3]
        if pixels.dtype != self.DTYPE or not is_row:
            raise InputError(
                f"Expected features of shape [M, 1, 1, D] and dtype {self.DTYPE}. "
                f"Received: shape={pixels.shape}, dtype={pixels.dtype}"
            )
