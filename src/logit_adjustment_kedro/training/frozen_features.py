"""The frozen part of a network: its features of images are computed once."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from math import inf
from pathlib import Path
from typing import Self

import keras
import numpy as np
from typing_extensions import override

from ..errors import InputError
from ..files import replacing
from ..images import FeatureSet, ImageSet
from ..networks import Frozen
from ..runs.setup import FORMAT
from .claim import Taken, claim
from .features import Features
from .task import Task

TOGETHER = 32  # images that the frozen part is shown together
PATIENCE = 60.0  # seconds, until it is told again how far it is

logger = logging.getLogger(__name__)


class FrozenFeatures(Features):
    """The frozen part of the network of a task, and its features.

    Args:
        network: which.
        image_shape: `(H, W, C)`.
        folder: where features are kept for whoever asks next, in files whose names
            follow from images and network; None keeps none.
    """

    def __init__(
        self, network: Frozen, image_shape: tuple[int, int, int], folder: Path | None
    ):
        self._network = network
        self._image_shape = image_shape
        self._folder = folder

    @classmethod
    def of(cls, task: Task, folder: Path | None) -> Self | None:
        """Returns that of a task, or None if all of its network learns.

        Raises:
            InputError: there are features already, where there should be images.
        """
        network, images = task.recipe.architecture.network, task.train_set
        if not isinstance(network, Frozen):
            return None
        if isinstance(images, FeatureSet):
            raise InputError(
                "Expected images for training.network=frozen; features are for "
                f"standardised. Received: {images.kind}, in {images.origin}"
            )
        return cls(network, images.image_shape, folder)

    @cached_property
    def extractor(self) -> keras.Model:
        """From raw images to `[N, 1, 1, D] float32`."""
        return _extractor(self._network, self._image_shape, self._key)

    @override
    def whole(self, network: keras.Model) -> keras.Model:
        # `build_network` makes a chain of layers of `Frozen`.
        x = self.extractor.output
        for layer in network.layers[1:]:
            x = layer(x)
        return keras.Model(self.extractor.input, x, name=network.name)

    @override
    def features(self, images: ImageSet, mirrored: bool = False) -> np.ndarray:
        # Those that are kept are read from the disk, where they stay.
        shown = images.mirrored() if mirrored else images
        if self._folder is None:
            found = np.empty((len(images), *self.extractor.output_shape[1:]), "float32")
            self._compute(shown, found)
            return found
        view = "mirrored" if mirrored else "plain"
        file = self._folder / self._key / f"{images.digest}_{view}.npy"
        # Two processes that want the same features do not both compute them.
        if not file.exists():
            with _alone(file.with_suffix(".lock")):
                if not file.exists():
                    self._write(shown, file)
        return _read(file, len(images))

    @cached_property
    def _key(self) -> str:
        """A name for all but the images that the features follow from."""
        asked = self._network.asked()
        size = asked["size"] or "as_they_are"
        made_by = f"{keras.backend.backend()}_{keras.__version__}-format_{FORMAT}"
        return f"{asked['backbone']}-{size}-{asked['weights']}-{made_by}"

    def _write(self, images: ImageSet, file: Path) -> None:
        shape = (len(images), *self.extractor.output_shape[1:])
        with replacing(file) as new:
            found = np.lib.format.open_memmap(new, "w+", np.float32, shape)
            self._compute(images, found)
            found.flush()
            del found  # Windows moves no file that is open

    def _compute(self, images: ImageSet, found: np.ndarray) -> None:
        """Fills in the features of images."""
        name, start = f"features of {self._network.backbone}", time.monotonic()
        logger.info("Computing %s: %d images, %s", name, len(images), images.origin)
        done, told = 0, start
        for some in images.pieces(TOGETHER):
            features = self.show(some)
            if not np.isfinite(features).all():
                raise InputError(
                    f"Expected finite {name}. Received: others, of {images.origin}"
                )
            found[done : done + len(some)] = features
            done += len(some)
            if time.monotonic() - told > PATIENCE:
                told = time.monotonic()
                logger.info("Computing %s: %d of %d images", name, done, len(images))
        logger.info("Computed %s in %.0f s", name, time.monotonic() - start)

    def show(self, some: np.ndarray) -> np.ndarray:
        """Returns the features of up to `TOGETHER` images, `[K, 1, 1, D] float32`."""
        # Of another number, TensorFlow would trace the network once more.
        filled = np.resize(some, (TOGETHER, *some.shape[1:]))
        return self.extractor.predict_on_batch(filled)[: len(some)]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Waits until nobody else computes what the lock stands for, and says who does."""
    try:
        with claim(lock):
            yield
    except Taken as by:
        logger.info("Waiting for features that %s computes", by)
        with claim(lock, wait=inf):
            yield


@lru_cache(maxsize=1)  # for all methods and seeds of a command
def _extractor(
    network: Frozen, image_shape: tuple[int, int, int], key: str
) -> keras.Model:
    """Returns the extractor; `key` changes with what is in the file of weights."""
    return network.extractor(image_shape)


def _read(file: Path, size: int) -> np.ndarray:
    try:
        found = np.lib.format.open_memmap(file, mode="r")
        if found.dtype != np.float32 or (len(found), *found.shape[1:3]) != (size, 1, 1):
            raise ValueError(f"shape={found.shape}, dtype={found.dtype}")
    except Exception as fault:  # damaged files raise errors of many kinds
        raise InputError(
            f"Expected features of {size} images in {file}. Received: a file that is "
            f"damaged ({fault}). Remove it, and they are computed again."
        ) from fault
    return found
