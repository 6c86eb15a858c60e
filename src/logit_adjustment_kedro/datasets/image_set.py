"""Labelled images in memory, and as one file of arrays."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from kedro.io import AbstractDataset

from ..errors import DataError
from .atomic import replacing


@dataclass(frozen=True)
class ImageSet:
    """Labelled images.

    Attributes:
        images: `[N, H, W, C] uint8`.
        labels: `[N] int64`, each in `[0, L)`.
        class_names: the `L` names, in the order of the labels.
        origin: where the images came from (a file or a URL), for messages.
    """

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    origin: str

    def class_counts(self) -> np.ndarray:
        """Returns the number of images of each class, `[L] int64`."""
        return np.bincount(self.labels, minlength=len(self.class_names))

    def take(self, rows: np.ndarray) -> "ImageSet":
        """Returns some of the images, by their row numbers, `[M] int64`."""
        return replace(self, images=self.images[rows], labels=self.labels[rows])


class ImageSetDataset(AbstractDataset[ImageSet, ImageSet]):
    """An `ImageSet` as a NumPy `.npz` file.

    ```yaml
    train_set:
      type: logit_adjustment_kedro.datasets.ImageSetDataset
      filepath: data/03_primary/digits_lt/train_set.npz
    ```
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None):
        """Names the file.

        Args:
            filepath: a local path that ends in `.npz`.
            metadata: anything; used by Kedro plugins, not by this class.
        """
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> ImageSet:
        """Reads the file.

        Raises:
            DataError: there is no such file.
        """
        if not self._filepath.is_file():
            raise DataError(
                f"No images at {self._filepath}. "
                "Run the ingestion first: kedro run --pipelines=ingestion"
            )
        with np.load(self._filepath, allow_pickle=False) as arrays:
            return ImageSet(
                images=arrays["images"],
                labels=arrays["labels"],
                class_names=tuple(arrays["class_names"].tolist()),
                origin=str(arrays["origin"]),
            )

    def save(self, data: ImageSet) -> None:
        """Writes the file, whole or not at all."""
        with replacing(self._filepath) as temporary:
            np.savez(
                temporary,
                images=data.images,
                labels=data.labels,
                class_names=np.array(data.class_names),
                origin=np.array(data.origin),
                allow_pickle=False,
            )

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
