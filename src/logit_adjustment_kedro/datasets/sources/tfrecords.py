"""Labelled images from a TFRecord file, here or at any URL."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from fsspec.utils import get_protocol
from kedro.io import AbstractDataset
from typing_extensions import override

from ...images import ImageSet
from ..errors import DataError
from .addresses import kept_path, local_path, shown, tidy
from .download import fetch
from .records import read_records


class TFRecordDataset(AbstractDataset[NoReturn, ImageSet]):
    """Labelled images as a TFRecord file; read-only.

    Each record is a `tf.train.Example` with two features: `image/encoded`, one string
    of `H * W * C` raw bytes, rows first, channels last, and `image/class/label`, one
    integer. A file at a URL is fetched once and kept; a local one is read in place.

    ```yaml
    test_source:
      type: logit_adjustment_kedro.datasets.TFRecordDataset
      url: https://storage.googleapis.com/gresearch/logit_adjustment/cifar10_test.tfrecord
      path: data/01_raw
      image_shape: [32, 32, 3]
      class_names:
        [airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck]
    ```

    Args:
        url: a URL of any protocol that fsspec opens, or a local path; a relative
            one starts where the command is typed, not at the project, and `~` is the
            home folder. Several slashes before the file's name count as one. No message
            shows a user, a password, or the values of a query.
        path: the local folder for files from elsewhere, each at
            `<path>/<protocol>/<host>/<path of its URL>`, with capital letters and signs
            quoted as in URLs. What is there is not fetched again.
        image_shape: `(H, W, C)`.
        class_names: the `L` names, in the order of the labels.
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(
        self,
        *,
        url: str,
        path: str,
        image_shape: Sequence[int],
        class_names: Sequence[str],
        metadata: dict[str, Any] | None = None,
    ):
        self._url = url = tidy(url)
        self._is_local = get_protocol(url) == "file"
        self._shown = url if self._is_local else shown(url)
        self._file = local_path(url) if self._is_local else kept_path(url, Path(path))
        self._image_shape = tuple(image_shape)
        self._class_names = tuple(class_names)
        self.metadata = metadata

    @override
    def load(self) -> ImageSet:
        """Reads all records, fetching the file first if need be.

        Returns:
            The images and labels in the order of the file; `origin` is the URL, and
            where its file is kept.

        Raises:
            DataError: the file is missing, could not be fetched, is damaged, or
                holds a record that breaks a rule; the message names the record.
        """
        if not self._is_local:
            return fetch(self._url, self._file, self._read)
        if not self._file.is_file():
            raise DataError(f"There is no file at {self._file}.")
        return self._read(self._file)

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError(f"{self._shown} is read-only: nothing can be saved there.")

    def _read(self, file: Path) -> ImageSet:
        try:
            images, labels = read_records(
                file, self._image_shape, len(self._class_names)
            )
        except (ValueError, OSError) as fault:
            # What was just fetched has no lasting path yet.
            name = file if file == self._file else self._shown
            raise DataError(f"{name}: {fault}") from fault
        origin = self._shown
        if not self._is_local:
            origin = f"{origin} (kept at {self._file})"
        return ImageSet(images, labels, self._class_names, origin=origin)

    @override
    def _exists(self) -> bool:
        """Tells whether the file can be read without a network."""
        return self._file.is_file()

    @override
    def _describe(self) -> dict[str, Any]:
        return {
            "url": self._shown,
            "file": str(self._file),
            "image_shape": self._image_shape,
            "classes": len(self._class_names),
        }
