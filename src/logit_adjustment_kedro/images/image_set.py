"""Labelled images: an array of pixels, and which of its rows are meant."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import InitVar, dataclass, replace
from functools import cached_property
from math import prod
from typing import ClassVar

import numpy as np

from ..errors import InputError
from ..longtail.checks import check_indices
from .grouped import number_groups
from .texts import check_names, check_texts

AT_ONCE = 2**24  # bytes that are read at a time: not all images need fit into memory


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Labelled images.

    `M` images lie in an array, which may be memory-mapped; the `N` of them that are
    meant are named by their row numbers. So a part of a set copies no pixels. Who has
    the digest already gives it as `known_digest`, and spares the work of making it.

    Attributes:
        pixels: `[M, H, W, C] uint8`, from 0 to 255.
        labels: `[N] int64`, each in `[0, L)`, those of the rows.
        class_names: the `L` names, in the order of the labels, all different.
        origin: where the images came from (a file or a URL), for messages.
        rows: `[N] int64`, row numbers of `pixels`; None means all, in their order.
        files: `[N]` texts, what the images were called where they came from; None if
            that is not known. They do not count for the digest.
        groups: `[N]` texts, what belongs together, such as the images of one patient,
            and is never divided; None where each image stands for itself. Which images
            are together counts for the digest, what a group is called does not.
        fit: what became of pictures with other proportions, see `Fitting`: new pictures
            are to be made images alike. None where the images did not come from
            pictures of any size. It does not count for the digest.
        TEXTS: the names of what there may be of each image, beside its label.
        DTYPE: that of the pixels.
        UNIT: what a person calls one of them, for messages.

    Raises:
        InputError: the arrays or names are others than these. No pixel is read for it.
    """

    TEXTS: ClassVar = ("files", "groups")
    DTYPE: ClassVar = np.dtype(np.uint8)
    UNIT: ClassVar = "image"

    pixels: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    origin: str
    rows: np.ndarray | None = None
    files: np.ndarray | None = None
    groups: np.ndarray | None = None
    fit: str | None = None
    known_digest: InitVar[str | None] = None

    def __post_init__(self, known_digest: str | None) -> None:
        """Checks the set, and puts a known digest where `digest` keeps its own."""
        try:
            _check_arrays(self.pixels, self.labels, self.rows)
            self._check_pixels()
            if self.rows is not None:
                check_indices(self.rows, self.rows.size, len(self.pixels), name="rows")
            check_names(self.class_names)
            size = len(self.pixels if self.rows is None else self.rows)
            check_indices(self.labels, size, len(self.class_names))
            for name in self.TEXTS:
                check_texts(name, getattr(self, name), size)
        except InputError as fault:
            raise InputError(f"{self.origin}: {fault}") from None
        if known_digest is not None:
            vars(self)["digest"] = known_digest

    def __len__(self) -> int:
        """Returns the number of images, `N`."""
        return len(self.labels)

    @property
    def images(self) -> np.ndarray:
        """The images, `[N, H, W, C] uint8`; a copy, unless all are meant."""
        return self.pixels if self.rows is None else self.pixels[self.rows]

    def read(self, rows: np.ndarray | slice) -> np.ndarray:
        """Returns some of the images, `[K, H, W, C] uint8`, and reads no others.

        Args:
            rows: `[K]` row numbers of this set, or a part of it.
        """
        return self.pixels[rows if self.rows is None else self.rows[rows]]

    def pieces(self, size: int | None = None) -> Iterator[np.ndarray]:
        """Yields all images in their order, `[K, H, W, C] uint8` at a time.

        Args:
            size: the images a piece; as many as go into 16 MiB by default.
        """
        size = size or max(1, AT_ONCE // self.image_bytes)
        for start in range(0, len(self), size):
            yield self.read(slice(start, start + size))

    def mirrored(self) -> "ImageSet":
        """Returns the images mirrored from left to right, and copies none."""
        return replace(self, pixels=self.pixels[:, :, ::-1])

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of an image, `(H, W, C)`."""
        return self.pixels.shape[1:]

    @property
    def image_bytes(self) -> int:
        """What an image takes of memory."""
        return prod(self.image_shape) * self.pixels.itemsize

    @property
    def kind(self) -> str:
        """Which images these are, for messages."""
        return f"images of shape {self.image_shape}"

    @cached_property
    def digest(self) -> str:
        """A name for the images and labels in their order: 16 hexadecimal digits.

        It follows from the images' shape, type and pixels, the labels and the groups,
        and neither from how they lie in memory nor from what the classes are called.
        """
        about = {
            "shape": [len(self), *self.image_shape],
            "type": self.pixels.dtype.name,
        }
        digest = hashlib.sha256(json.dumps(about).encode())
        for images in self.pieces():
            digest.update(np.ascontiguousarray(images).data)
        digest.update(np.ascontiguousarray(self.labels, dtype="<i8").data)
        if self.groups is not None:
            numbers = number_groups(self.groups)
            digest.update(np.ascontiguousarray(numbers, dtype="<i8").data)
        return digest.hexdigest()[:16]

    def class_counts(self) -> np.ndarray:
        """Returns the number of images of each class, `[L] int64`."""
        labels = self.labels.astype(np.int64, copy=False)
        return np.bincount(labels, minlength=len(self.class_names))

    def take(self, rows: np.ndarray) -> "ImageSet":
        """Returns some of the images, and copies none.

        Args:
            rows: `[K] int64`, row numbers of this set, each in `[0, N)`.

        Raises:
            IndexError: there is no such row.
        """
        mine = np.arange(len(self)) if self.rows is None else self.rows
        texts = {
            name: None if (known := getattr(self, name)) is None else known[rows]
            for name in self.TEXTS
        }
        return replace(self, labels=self.labels[rows], rows=mine[rows], **texts)

    def _check_pixels(self) -> None:
        pixels = self.pixels
        if pixels.dtype != self.DTYPE or pixels.ndim != 4 or 0 in pixels.shape[1:]:
            raise InputError(
                "Expected pixels of shape [M, H, W, C] and dtype uint8, from 0 to 255. "
                f"Received: shape={pixels.shape}, dtype={pixels.dtype}"
            )


def _check_arrays(
    pixels: np.ndarray, labels: np.ndarray, rows: np.ndarray | None
) -> None:
    for array in (pixels, labels) if rows is None else (pixels, labels, rows):
        if not isinstance(array, np.ndarray):
            raise InputError(
                "Expected pixels, labels and rows to be arrays of NumPy. "
                f"Received: {type(array).__name__}"
            )
