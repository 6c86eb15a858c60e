"""Labelled images from arrays of NumPy."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from kedro.io import AbstractDataset
from typing_extensions import override

from ...errors import InputError
from ...images import ImageSet
from ...parameters import Parameters
from ..errors import DataError, known_to_kedro
from .arguments import ClassNames, checked
from .npz_files import array_of, as_labels, class_names_of, numbers_as_names, open_npz

COLOURS = (1, 3)  # how many channels images have, mostly


class Asked(Parameters):
    """What is asked of arrays; see `ArraysDataset`."""

    path: str
    images: str
    labels: str
    class_names: ClassNames | None


class ArraysDataset(AbstractDataset[NoReturn, ImageSet]):
    """Labelled images in an `.npz` file of NumPy; read-only.

    The file holds images, `[N, H, W, C] uint8` from 0 to 255, or `[N, H, W]`, which get
    one channel; labels, `[N]` integers from 0; and perhaps `class_names`, `[L]` texts.
    Nothing is ever unpickled.

    ```yaml
    train_source:
      type: logit_adjustment_kedro.datasets.ArraysDataset
      path: data/01_raw/mnist.npz
      images: x_train
      labels: y_train
    ```

    Args:
        path: an `.npz` file, as `numpy.savez` writes it. A relative one starts at the
            project.
        images: the name of the images in the file.
        labels: the name of the labels in the file.
        class_names: the `L` names, in the order of the labels; None means those in the
            file, and if there are none, the numbers from 0 to the largest label.
        metadata: anything; used by Kedro plugins, not by this class.

    Raises:
        DataError: an argument is none of these.
    """

    def __init__(
        self,
        *,
        path: str,
        images: str = "images",
        labels: str = "labels",
        class_names: Sequence[str] | None = None,
        metadata: dict[str, Any] | None = None,
    ):
        given = {"images": images, "labels": labels, "class_names": class_names}
        asked = checked(Asked, {"path": path, **given})
        self._path = Path(asked.path)
        self._images = asked.images
        self._labels = asked.labels
        self._class_names = asked.class_names
        self.metadata = metadata

    @override
    def load(self) -> ImageSet:
        """Reads the arrays.

        Returns:
            The images in the order of the file; `origin` names the file and the images.

        Raises:
            DataError: the file is missing or damaged, or holds objects or other arrays
                than these.
        """
        if not self._path.is_file():
            raise DataError(f"There is no file at {self._path}.")
        with known_to_kedro(self._path), open_npz(self._path) as file:
            pixels = _with_channels(array_of(file, self._images, self._path))
            labels = as_labels(array_of(file, self._labels, self._path))
            names = self._class_names
            if names is None:
                names = class_names_of(file, self._path)
            if names is None:
                names = numbers_as_names(labels)
        origin = f"{self._path} ({self._images})"
        with known_to_kedro():  # it names the origin
            return ImageSet(pixels, labels, tuple(names), origin)

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError(f"{self._path} is read-only: nothing can be saved there.")

    @override
    def _exists(self) -> bool:
        return self._path.is_file()

    @override
    def _describe(self) -> dict[str, Any]:
        return {
            "path": str(self._path),
            "images": self._images,
            "labels": self._labels,
        }


def _with_channels(images: np.ndarray) -> np.ndarray:
    """Returns images `[N, H, W, C]`."""
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        hint = ""
        if images.dtype.kind == "f":
            hint = ". Where 1 is white: np.rint(255 * images).astype(np.uint8)"
        raise InputError(
            "Expected images of shape [N, H, W, C] or [N, H, W] and dtype uint8, from "
            f"0 to 255. Received: shape={images.shape}, dtype={images.dtype}{hint}"
        )
    if images.ndim == 3:
        return images[..., np.newaxis]
    if images.shape[1] in COLOURS and images.shape[3] not in COLOURS:
        raise InputError(
            "Expected images with the channels last, [N, H, W, C]. Received: "
            f"shape={images.shape}, which np.moveaxis(images, 1, -1) would mend"
        )
    return images
