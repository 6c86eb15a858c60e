"""The logits of images."""

from collections.abc import Iterator

import keras
import numpy as np

from ..images import ImageSet
from ..runs import View

BATCH = 1000  # images of up to 32x32 pixels; of larger ones, as many pixels


def predict(
    network: keras.Model, images: ImageSet, mirrored: bool = False
) -> np.ndarray:
    """Returns the logits of images, of which a batch at a time is read.

    Args:
        network: one from `[N, H, W, C] uint8` to `[N, L]`.
        images: what to show it.
        mirrored: from left to right.

    Returns:
        `[N, L] float32`.
    """
    columns = slice(None, None, -1 if mirrored else None)
    return np.concatenate(
        [
            network.predict_on_batch(images.read(rows)[:, :, columns])
            for rows in batches(images)
        ]
    )


def batches(images: ImageSet) -> Iterator[slice]:
    """Yields the row numbers of the images that a network is shown together."""
    height, width, _ = images.image_shape
    size = max(1, BATCH * 32**2 // max(32**2, height * width))
    for start in range(0, len(images), size):
        yield slice(start, min(start + size, len(images)))


def views(
    network: keras.Model, images: ImageSet, plain: np.ndarray | None = None
) -> dict[View, np.ndarray]:
    """Returns the logits of images in each view, `[N, L] float32`.

    Args:
        network: see `predict`.
        images: what to show it.
        plain: its logits in the plain view, where they are known.
    """
    if plain is None:
        plain = predict(network, images)
    mirrored = predict(network, images, mirrored=True)
    return {View.PLAIN: plain, View.MIRRORED: (plain + mirrored) / 2}
