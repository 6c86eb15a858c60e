"""New pictures and new features, as a training's networks take them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from ...errors import InputError
from ...images import Batch, FeatureSet, Fitting, ImageSet
from .containers import Container
from .pictures import picture_batches


@dataclass(frozen=True, eq=False)
class NewPictures:
    """Pictures of any sizes and formats; see `images.Unlabelled`.

    Attributes:
        container: where they are.
        names: those of their `N` files.
    """

    called: ClassVar[str] = "file"

    container: Container
    names: Sequence[str]

    def batches(self, like: ImageSet, size: int) -> Iterator[Batch]:
        """Returns them as images of the shape of `like`, made as those were.

        Where that is not known, they are cut to its proportions about their centre.

        Raises:
            InputError: a picture is no such image, as those are features.
        """
        height, width, channels = like.image_shape
        if isinstance(like, FeatureSet):
            raise InputError(
                "Expected features in an .npz, .parquet or .csv file, as the training "
                f"was on {like.kind}. Received: pictures, in {self.container.path}"
            )
        asked = {"image_size": (height, width), "channels": channels}
        try:
            fitting = Fitting.model_validate(asked | {"fit": like.fit or "crop"})
        except ValueError as mistake:
            raise InputError(
                f"Expected a training on what pictures can be. Received: one on "
                f"{like.kind} ({mistake})"
            ) from None
        return picture_batches(self.container, self.names, fitting, size)


@dataclass(frozen=True, eq=False)
class NewFeatures:
    """Vectors of features; see `images.Unlabelled`.

    Attributes:
        features: `[N, D] float32`.
        origin: where they came from, for messages.
    """

    called: ClassVar[str] = "row"

    features: np.ndarray
    origin: str

    @cached_property
    def names(self) -> list[str]:
        """The numbers of the rows, from 0."""
        return [str(row) for row in range(len(self.features))]

    def batches(self, like: ImageSet, size: int) -> Iterator[Batch]:
        """Returns them as they are, in their order.

        Raises:
            InputError: the training was on others, or on images.
        """
        count = self.features.shape[1]
        if not isinstance(like, FeatureSet) or like.image_shape[-1] != count:
            raise InputError(
                f"{self.origin}: expected {like.kind}, as in the training. "
                f"Received: {count:,} features a row"
            )
        examples = self.features[:, np.newaxis, np.newaxis]
        return (
            Batch(range(start, start + len(some)), some, {})
            for start in range(0, len(examples), size)
            for some in [examples[start : start + size]]
        )
