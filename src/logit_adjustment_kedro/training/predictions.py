"""The logits of images."""

from typing import TYPE_CHECKING

import numpy as np

from ..images import ImageSet
from ..runs import View

if TYPE_CHECKING:
    import keras

MOST = 1000  # images that a network is shown together, if they have 32x32 pixels


def predict(
    network: "keras.Model", images: ImageSet, mirrored: bool = False
) -> np.ndarray:
    """Returns the logits of images, of which some at a time are read.

    Args:
        network: one from `[N, H, W, C]` to `[N, L]`.
        images: what to show it.
        mirrored: from left to right.

    Returns:
        `[N, L] float32`.
    """
    shown = images.mirrored() if mirrored else images
    pieces = shown.pieces(shown_together(images))
    return np.concatenate([network.predict_on_batch(some) for some in pieces])


def shown_together(images: ImageSet) -> int:
    """Returns how many images a network is shown together: fewer, if they are large."""
    height, width, _ = images.image_shape
    return max(1, MOST * 32**2 // max(32**2, height * width))


def views(
    network: "keras.Model", images: ImageSet, plain: np.ndarray | None = None
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
