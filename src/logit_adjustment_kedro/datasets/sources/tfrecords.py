"""Labelled images from TFRecord files, here or at any URL."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from kedro.io import AbstractDataset
from typing_extensions import override

from ...images import ImageSet
from ...parameters import Parameters
from ..errors import DataError
from .arguments import ClassNames, ImageShape, Urls, checked
from .download import fetch
from .records import read_records
from .scratch import Scratch, scratch
from .shards import Shard, find_shards


class Asked(Parameters):
    """What is asked of records; see `TFRecordDataset`."""

    url: Urls
    image_shape: ImageShape
    class_names: ClassNames


class TFRecordDataset(AbstractDataset[NoReturn, ImageSet]):
    """Labelled images as TFRecords, in one file or in several shards; read-only.

    Each record is a `tf.train.Example` with two features: `image/encoded`, one string
    of `H * W * C` raw bytes, rows first, channels last, or a JPEG or PNG, which is
    resized and cropped; and `image/class/label`, one integer. Files may be compressed
    with gzip. One at a URL is fetched once and kept; a local one is read in place.

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
        url: a URL of any protocol that fsspec opens, or a local path, or a list of
            them. A relative path starts where the command is typed, not at the project,
            and `~` is the home folder. A path may be a glob, such as
            `~/birds/train-*-of-*.tfrecord`, whose files are read in the order of their
            names. Several slashes before the file's name count as one. No message shows
            a user, a password, or the values of a query.
        path: the local folder for files from elsewhere, each at
            `<path>/<protocol>/<host>/<path of its URL>`, with capital letters and signs
            quoted as in URLs. What is there is not fetched again.
        image_shape: `(H, W, C)`.
        class_names: the `L` names, in the order of the labels.
        metadata: anything; used by Kedro plugins, not by this class.

    Raises:
        DataError: the list is empty, or another argument is none of these.
    """

    def __init__(
        self,
        *,
        url: str | Sequence[str],
        path: str,
        image_shape: Sequence[int],
        class_names: Sequence[str],
        metadata: dict[str, Any] | None = None,
    ):
        given = {"url": url, "image_shape": image_shape, "class_names": class_names}
        asked = checked(Asked, given)
        self._places = [Shard.at(place, Path(path)) for place in asked.url]
        self._image_shape = tuple(asked.image_shape)
        self._class_names = tuple(asked.class_names)
        self.metadata = metadata

    @override
    def load(self) -> ImageSet:
        """Reads all records, fetching the files first if need be.

        Returns:
            The images and labels in the order of the files; `origin` is the URL, and
            where its file is kept.

        Raises:
            DataError: a file is missing, could not be fetched, is damaged, or holds a
                record that breaks a rule; the message names the file and the record. Or
                there is no room for the images while they are read.
        """
        shards = find_shards(self._places)
        with scratch(self._image_shape) as file:
            labels = np.concatenate([self._read(shard, file) for shard in shards])
            pixels = file.images()
        origin = shards[0].origin
        if len(shards) > 1:
            origin = f"{self._shown} ({len(shards)} files)"
        return ImageSet(pixels, labels, self._class_names, origin)

    def _read(self, shard: Shard, pixels: Scratch) -> np.ndarray:
        shape, classes = self._image_shape, len(self._class_names)

        def read(file: Path) -> np.ndarray:
            try:
                return read_records(file, shape, classes, pixels.append)
            except (ValueError, OSError) as fault:
                # What was just fetched has no lasting path yet.
                name = file if file == shard.file else shard.shown
                raise DataError(f"{name}: {fault}") from fault

        if not shard.is_local:
            return fetch(shard.url, shard.file, read)
        if not shard.file.is_file():
            raise DataError(f"There is no file at {shard.file}.")
        return read(shard.file)

    @property
    def _shown(self) -> str:
        return ", ".join(place.shown for place in self._places)

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError(f"{self._shown} is read-only: nothing can be saved there.")

    @override
    def _exists(self) -> bool:
        """Tells whether all files can be read without a network."""
        try:
            return all(shard.file.is_file() for shard in find_shards(self._places))
        except DataError:
            return False

    @override
    def _describe(self) -> dict[str, Any]:
        return {
            "url": self._shown,
            "file": ", ".join(str(place.file) for place in self._places),
            "image_shape": self._image_shape,
            "classes": len(self._class_names),
        }
