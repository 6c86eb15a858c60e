"""Labelled images: an array of pixels, and which of its rows are meant."""

import hashlib
import json
from dataclasses import InitVar, dataclass, replace
from functools import cached_property

import numpy as np

from ..errors import InputError
from ..longtail.checks import check_indices

HASHED_AT_ONCE = 256  # images: a memory-mapped array need not fit into memory


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

    Raises:
        InputError: the arrays or names are others than these. No pixel is read for it.
    """

    pixels: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    origin: str
    rows: np.ndarray | None = None
    files: np.ndarray | None = None
    known_digest: InitVar[str | None] = None

    def __post_init__(self, known_digest: str | None) -> None:
        """Checks the set, and puts a known digest where `digest` keeps its own."""
        try:
            _check_arrays(self.pixels, self.labels, self.rows)
            _check_names(self.class_names)
            size = len(self.pixels if self.rows is None else self.rows)
            check_indices(self.labels, size, len(self.class_names))
            _check_files(self.files, size)
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
        files = None if self.files is None else self.files[rows]
        return replace(self, labels=self.labels[rows], rows=mine[rows], files=files)


def _check_arrays(
    pixels: np.ndarray, labels: np.ndarray, rows: np.ndarray | None
) -> None:
    for array in (pixels, labels) if rows is None else (pixels, labels, rows):
        if not isinstance(array, np.ndarray):
            raise InputError(
                "Expected pixels, labels and rows to be arrays of NumPy. "
                f"Received: {type(array).__name__}"
            )
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or 0 in pixels.shape[1:]:
        raise InputError(
            "Expected pixels of shape [M, H, W, C] and dtype uint8, from 0 to 255. "
            f"Received: shape={pixels.shape}, dtype={pixels.dtype}"
        )
    if rows is not None:
        check_indices(rows, rows.size, len(pixels), name="rows")


def _check_names(names: tuple[str, ...]) -> None:
    if not isinstance(names, tuple) or not all(
        isinstance(name, str) and name.strip() for name in names
    ):
        raise InputError(
            "Expected class_names to be a tuple of texts, none of them empty. "
            f"Received: {names!r}"
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(
            f"Expected class_names that differ. Received: {twice!r} more than once"
        )


def _check_files(files: np.ndarray | None, size: int) -> None:
    if files is None:
        return
    if not isinstance(files, np.ndarray) or files.dtype.kind not in "UT":
        raise InputError(
            "Expected files to be an array of texts. "
            f"Received: {getattr(files, 'dtype', type(files).__name__)}"
        )
    if files.shape != (size,):
        raise InputError(
            f"Expected files of shape ({size},), a name an image. "
            f"Received: shape={files.shape}"
        )
