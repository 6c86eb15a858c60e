"""A network of this project, rebuilt from Keras's own layers."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from ...errors import InputError
from ...networks import layers
from .resizing import resampled

Built = Callable[..., Any]  # from symbolic tensors to one


def plain(network: keras.Model, name: str) -> keras.Model:
    """Returns what a network computes when it does not train, of Keras's layers alone.

    In float32, whatever the precision that it was trained in. Nothing is augmented.

    Args:
        network: a functional model, as `build_network` makes and Keras loads it.
        name: that of the new one.

    Returns:
        A model from `[N, H, W, C] float32`, the pixels or features, to the logits of
        `network`, with its own copy of the weights.

    Raises:
        InputError: the network has a layer that is neither of Keras nor of this
            project.
    """
    pixels = keras.Input(network.input_shape[1:], dtype="float32", name="pixels")
    copied = keras.models.clone_model(
        network,
        input_tensors=pixels,
        clone_function=_rebuilt,
        call_function=_called,
        recursive=True,
    )
    return keras.Model(pixels, copied.output, name=name)


def _called(new: Built, *args: Any, training: bool = False, **kwargs: Any) -> Any:
    """Calls what was rebuilt without saying whether it trains: it never does."""
    return new(*args, **kwargs)


def _rebuilt(layer: Any) -> Built:
    if type(layer) in REPLACED:
        return REPLACED[type(layer)](layer)
    if type(layer).__module__.partition(".")[0] != "keras":
        raise InputError(
            "Expected a network of layers of Keras and of this project. "
            f"Received: {layer.name}, a {type(layer).__name__}"
        )
    if not isinstance(layer, keras.Layer):  # an operation, such as `ops.pad`
        return type(layer).from_config(layer.get_config())
    return _as(type(layer), layer)


def _as(kind: type[keras.Layer], layer: keras.Layer) -> keras.Layer:
    """Returns a layer of another class, or of its own, with the weights of `layer`."""
    config = layer.get_config() | {"dtype": "float32"}
    for key in config:  # what only a training needs, and may be of this project
        if key.endswith("_initializer"):
            config[key] = "zeros"
        elif key.endswith("_regularizer"):
            config[key] = None
    new = kind.from_config(config)
    if layer.weights:
        new.build_from_config(layer.get_build_config())
        new.set_weights(layer.get_weights())
    if isinstance(new, keras.layers.Normalization):  # it computes with copies of them
        new.finalize_state()
    return new


def _dropped(layer: layers.Augment) -> Built:
    return lambda images: images


def _whitening(layer: layers.Whitening) -> Built:
    config = layer.get_config() | {"kernel_size": 2, "use_bias": False}
    new = keras.layers.Conv2D.from_config(config | {"dtype": "float32"})
    new.build(layer.input.shape)
    new.set_weights(layer.get_weights())
    return new


def _normalization(layer: layers.FusedBatchNormalization) -> Built:
    return _as(keras.layers.BatchNormalization, layer)


def _cosine(layer: layers.Cosine) -> Built:
    kernel = layer.scale * keras.ops.normalize(layer.kernel, axis=0)
    directions = keras.layers.UnitNormalization(dtype="float32")
    new = keras.layers.Dense(
        layer.units, use_bias=False, dtype="float32", name=layer.name
    )
    new.build(layer.input.shape)
    new.set_weights([kernel])
    return lambda features: new(directions(features))


def _standardization(layer: layers.Standardization) -> Built:
    # Not `Rescaling`, whose product comes before its sum: of features that are far from
    # 0 and vary little, float32 would keep nothing.
    mean, deviation = (np.asarray(w) for w in (layer.mean, layer.deviation))
    return lambda features: (features - mean) / deviation


def _input_scaling(layer: layers.InputScaling) -> Built:
    """Every module scales each pixel by an affine map: a convolution of 1x1 pixels."""
    offset = layer.call(np.zeros((1, 1, 1, 3)))
    matrix = layer.call(np.eye(3).reshape(1, 1, 3, 3)) - offset
    if not offset.any() and (matrix == np.eye(3)).all():
        return lambda images: images
    new = keras.layers.Conv2D(3, 1, dtype="float32", name=layer.name)
    new.build((None, None, None, 3))
    new.set_weights([matrix, offset.ravel()])
    return new


def _resizing(layer: keras.layers.Resizing) -> Built:
    """Keras's own, where it is antialiased, has no counterpart in ONNX."""
    if not layer.antialias:
        return _as(keras.layers.Resizing, layer)
    return lambda images: resampled(images, (layer.height, layer.width))


REPLACED: dict[type, Callable[[Any], Built]] = {
    layers.Augment: _dropped,
    layers.Cosine: _cosine,
    layers.FusedBatchNormalization: _normalization,
    layers.InputScaling: _input_scaling,
    layers.Standardization: _standardization,
    layers.Whitening: _whitening,
    keras.layers.Resizing: _resizing,
}
