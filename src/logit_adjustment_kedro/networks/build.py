"""Models that take raw images and return logits."""

from collections.abc import Mapping
from os import PathLike

import keras
import numpy as np

from ..errors import InputError
from . import layers
from .architecture import Architecture
from .augmentations import Augmentation
from .standardised import Standardised


def build_network(
    architecture: Architecture, examples: np.ndarray, num_classes: int
) -> keras.Model:
    """Returns a network with everything that belongs to it inside.

    Scaling to `[-0.5, 0.5]` and augmentation are layers of the model, so a saved model
    takes images as they come and there is nothing to get wrong where it is deployed.
    Features, which are images of other numbers than `uint8`, are not scaled.

    Args:
        architecture: the parts.
        examples: some training images, `[K, H, W, C] uint8`, or features. Their shape
            and dtype are the network's input; to them, layers that have an `adapt`
            method are adapted, as one that whitens.
        num_classes: `L`.

    Returns:
        A model from `[N, H, W, C]` to logits `[N, L] float32`, whose layers called
        "augmentation" and "logits" are the first after scaling and the last.

    Raises:
        InputError: the images are too small for the network or for an augmentation;
            features are to be augmented, or to go into another network than one for
            them; or these are images where `network` needs features of them.
    """
    dtype = examples.dtype.name
    images = x = keras.Input(examples.shape[1:], dtype=dtype, name="images")
    network, augmentations = architecture.network, architecture.augmentations
    if dtype == "uint8":
        x = keras.layers.Rescaling(1 / 255, offset=-0.5)(x)
        _check_margins(augmentations, *examples.shape[1:3])
    elif not isinstance(network, Standardised):
        raise InputError(
            "Expected training.network=standardised for features. "
            f"Received: {network.name}"
        )
    elif augmentations:
        raise InputError(
            "Expected no training.augmentation of features, which are no pictures. "
            f"Received: {', '.join(augmentations)}"
        )
    # Features come in float32, and are rounded no earlier than they are standardised.
    precision = {} if dtype == "uint8" else {"dtype": dtype}
    x = layers.Augment(augmentations, name="augmentation", **precision)(x)
    l2 = architecture.l2
    try:
        features = network.features(x, l2)
    except InputError:
        raise
    except ValueError as fault:  # Keras's, of a layer that nothing is left for
        raise InputError(
            f"Expected larger images for network={network.name}. Received: "
            f"{examples.shape[1:]} ({str(fault).splitlines()[0]})"
        ) from fault
    logits = architecture.head.logits(features, num_classes, network, l2)
    model = keras.Model(images, logits, name=network.name)
    for layer in model.layers:
        if hasattr(layer, "adapt"):
            layer.adapt(keras.Model(images, layer.input).predict_on_batch(examples))
    return model


def _check_margins(
    augmentations: Mapping[str, Augmentation], height: int, width: int
) -> None:
    """Refuses augmentations that may move an image out of itself."""
    for name, augmentation in augmentations.items():
        margin = getattr(augmentation, "margin", 0)
        if margin >= min(height, width):
            raise InputError(
                f"Expected training.augmentation.{name} to move images by less than "
                f"their sides, {height} and {width} pixels. Received: {margin}"
            )


def load_network(path: str | PathLike) -> keras.Model:
    """Reads a model that `build_network` made and Keras saved.

    Only layers that Keras or this package knows are loaded, and no code in the file is
    run.

    Args:
        path: a `.keras` file.

    Returns:
        The model, from raw images to logits, not compiled.
    """
    return keras.saving.load_model(path, compile=False)
