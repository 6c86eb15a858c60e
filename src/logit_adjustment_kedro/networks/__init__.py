"""Keras models that take raw images and return logits, and their layers."""

import keras

from .augmentation import PadCropFlip
from .convnet import convnet
from .resnet32 import resnet32
from .resnet32_released import resnet32_released

NETWORKS = {
    "convnet": convnet,
    "resnet32": resnet32,
    "resnet32_released": resnet32_released,
}


def build_network(
    name: str,
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    padding: int,
    flip: bool,
    l2: float,
) -> keras.Model:
    """Returns a network with everything that belongs to it inside.

    Scaling to `[-0.5, 0.5]` and augmentation are layers of the model, so a saved model
    takes images as they come and there is nothing to get wrong where it is deployed.

    Args:
        name: a key of `NETWORKS`.
        image_shape: `(H, W, C)`.
        num_classes: `L`.
        padding: pixels a side of the random crop while training.
        flip: whether to mirror at random while training.
        l2: the factor of Keras's `l2` regulariser.

    Returns:
        A model from `[N, H, W, C] uint8` to logits `[N, L] float32`.
    """
    images = keras.Input(image_shape, dtype="uint8", name="images")
    x = keras.layers.Rescaling(1 / 255, offset=-0.5)(images)
    x = PadCropFlip(padding, flip, name="augmentation")(x)
    return keras.Model(images, NETWORKS[name](x, num_classes, l2), name=name)
