"""Labelled images: an array of pixels, and which of its rows are meant."""

import hashlib
import json
from dataclasses import InitVar, dataclass, replace
from functools import cached_property

import numpy as np

HASHED_AT_ONCE = 256  # images: a memory-mapped array need not fit into memory


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Labelled images.

    `M` images lie in an array, which may be memory-mapped; the `N` of them that are
    meant are named by their row numbers. So a part of a set copies no pixels. Who has
    the digest already gives it as `known_digest`, and spares the work of making it.

    Attributes:
        pixels: `[M, H, W, C] uint8`.
        labels: `[N] int64`, each in `[0, L)`, those of the rows.
        class_names: the `L` names, in the order of the labels.
        origin: where the images came from (a file or a URL), for messages.
        rows: `[N] int64`, row numbers of `pixels`; None means all, in their order.
    """

    pixels: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    origin: str
    rows: np.ndarray | None = None
    known_digest: InitVar[str | None] = None

    def __post_init__(self, known_digest: str | None) -> None:
        """Puts a digest that is known where `digest` keeps the one that it made."""
        if known_digest is not None:
            vars(self)["digest"] = known_digest

    def __len__(self) -> int:
        """Returns the number of images, `N`."""
        return len(self.labels)

    @property
    def images(self) -> np.ndarray:
        """The images, `[N, H, W, C] uint8`; a copy, unless all are meant."""
        return self.pixels if self.rows is None else self.pixels[self.rows]

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of an image, `(H, W, C)`."""
        return self.pixels.shape[1:]

    @cached_property
    def digest(self) -> str:
        """A name for the images and labels in their order: 16 hexadecimal digits.

        It follows from the images' shape, type and pixels, and the labels, and neither
        from how they lie in memory nor from what the classes are called.
        """
        about = {
            "shape": [len(self), *self.image_shape],
            "type": self.pixels.dtype.name,
        }
        digest = hashlib.sha256(json.dumps(about).encode())
        for start in range(0, len(self), HASHED_AT_ONCE):
            part = slice(start, start + HASHED_AT_ONCE)
            rows = part if self.rows is None else self.rows[part]
            digest.update(np.ascontiguousarray(self.pixels[rows]).data)
        digest.update(np.ascontiguousarray(self.labels, dtype="<i8").data)
        return digest.hexdigest()[:16]

    def class_counts(self) -> np.ndarray:
        """Returns the number of images of each class, `[L] int64`."""
        return np.bincount(self.labels, minlength=len(self.class_names))

    def take(self, rows: np.ndarray) -> "ImageSet":
        """Returns some of the images, and copies none.

        Args:
            rows: `[K] int64`, row numbers of this set, each in `[0, N)`.

        Raises:
            IndexError: there is no such row.
        """
        mine = np.arange(len(self)) if self.rows is None else self.rows
        return replace(self, labels=self.labels[rows], rows=mine[rows])
