"""Keras models that take raw images and return logits, and their layers."""

import keras
import numpy as np

from .augmentation import Augmentation
from .convnet import convnet
from .on_device import ImagesOnDevice
from .resnet32 import resnet32
from .resnet32_released import resnet32_released
from .whitened import whitened
from .whitening import Whitening

__all__ = ["NETWORKS", "Augmentation", "ImagesOnDevice", "build_network"]

NETWORKS = {
    "convnet": convnet,
    "resnet32": resnet32,
    "resnet32_released": resnet32_released,
    "whitened": whitened,
}
WHITENED_FROM = 5000  # images, at most


def build_network(
    name: str,
    train_images: np.ndarray,
    num_classes: int,
    *,
    padding: int,
    flip: bool,
    zoom: float,
    colour_jitter: bool,
    l2: float,
) -> keras.Model:
    """Returns a network with everything that belongs to it inside.

    Scaling to `[-0.5, 0.5]` and augmentation are layers of the model, so a saved model
    takes images as they come and there is nothing to get wrong where it is deployed.

    Args:
        name: a key of `NETWORKS`.
        train_images: `[N, H, W, C] uint8`. Their shape is the network's input; of the
            first few thousand, a whitening layer takes its statistics.
        num_classes: `L`.
        padding: with the next three, what `Augmentation` does while training.
        flip: see there.
        zoom: see there.
        colour_jitter: see there.
        l2: the factor of Keras's `l2` regulariser.

    Returns:
        A model from `[N, H, W, C] uint8` to logits `[N, L] float32`.
    """
    images = keras.Input(train_images.shape[1:], dtype="uint8", name="images")
    scaled = keras.layers.Rescaling(1 / 255, offset=-0.5)(images)
    x = Augmentation(padding, flip, zoom, colour_jitter, name="augmentation")(scaled)
    network = keras.Model(images, NETWORKS[name](x, num_classes, l2), name=name)
    for layer in network.layers:
        if isinstance(layer, Whitening):
            some = train_images[:WHITENED_FROM]
            layer.adapt(keras.Model(images, scaled).predict_on_batch(some))
    return network
