"""The logits of images."""

import keras
import numpy as np

from ..images import ImageSet
from ..runs import View

TEST_BATCH_SIZE = 1000


def predict(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """Returns the logits of images.

    Args:
        network: one from `[N, H, W, C] uint8` to `[N, L]`.
        images: `[N, H, W, C] uint8`.

    Returns:
        `[N, L] float32`.
    """
    batches = range(0, len(images), TEST_BATCH_SIZE)
    return np.concatenate(
        [network.predict_on_batch(images[i : i + TEST_BATCH_SIZE]) for i in batches]
    )


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
        plain = predict(network, images.images)
    mirrored = predict(network, images.images[:, :, ::-1])
    return {View.PLAIN: plain, View.MIRRORED: (plain + mirrored) / 2}
