"""One model from raw pixels to probabilities, with everything between them inside."""

import keras
import numpy as np

from ...errors import InputError
from ...images import Fit
from ...runs import Run
from ..model import Model
from .plain import plain
from .resizing import fitted

# What stands for minus infinity, which not every runtime takes the exponential of.
NEVER = -1e30


def deployable(model: Model, fit: Fit) -> keras.Model:
    """Returns a model of Keras's own layers, from raw images to probabilities.

    Inside: the resize, the scaling, the networks in float32, what the method and the
    target do to their logits, softmax, and the mean over the networks.

    Args:
        model: what is to answer.
        fit: what becomes of images of other proportions than those of the training;
            see `images.decoding.Fitting`.

    Returns:
        A model from "images", `[N, any, any, C] uint8`, or from "features" in the shape
        of the training, float32, to "probabilities", `[N, L] float32`.

    Raises:
        InputError: a network has a layer that Keras cannot replace; the method does
            more than scale and shift logits; or features are to be mirrored.
    """
    networks = model.networks
    entry, x = _entry(networks[0], fit)
    if model.mirrored and entry.dtype != "uint8":
        raise InputError("Expected images to be mirrored. Received: features")
    answers = []
    for run, network in zip(model.runs, networks, strict=True):
        copy = plain(network, f"{run.setup.method}_seed_{run.seed}")
        logits = copy(x)
        if model.mirrored:
            logits = keras.layers.average([logits, copy(x[:, :, ::-1])])
        scale, offset = _affine(model, run)
        logits = keras.layers.Rescaling(scale, offset, dtype="float32")(logits)
        answers.append(keras.layers.Softmax(dtype="float32")(logits))
    mean = keras.layers.average(answers) if len(answers) > 1 else answers[0]
    named = keras.layers.Identity(dtype="float32", name="probabilities")(mean)
    return keras.Model(entry, named, name=networks[0].name)


def _entry(network: keras.Model, fit: Fit):
    """Returns the input of the model, and what its networks are given."""
    shape = network.input_shape[1:]
    if keras.backend.standardize_dtype(network.input.dtype) != "uint8":
        features = keras.Input(shape, dtype="float32", name="features")
        return features, features
    images = keras.Input((None, None, shape[2]), dtype="uint8", name="images")
    return images, fitted(images, shape[:2], fit)


def _affine(model: Model, run: Run) -> tuple[list[float], list[float]]:
    """Returns what the logits of each class are multiplied by, and what is added.

    A method is asked, not known: what it makes of zeros and of ones says both.
    """
    classes = len(model.class_names)
    probes = np.stack([np.zeros(classes), np.ones(classes), np.arange(classes) - 2.5])
    zero, one, other = model.method.adjust(probes, run.last_layer, model.target)
    seen = np.isfinite(zero)
    scale = np.subtract(one, zero, where=seen, out=np.ones(classes))
    offset = np.where(seen, zero, NEVER)
    if not np.allclose(other[seen], (probes[2] * scale + offset)[seen]):
        raise InputError(
            "Expected a method that scales and shifts logits, to export it. "
            f"Received: {model.method.name}"
        )
    return scale.tolist(), offset.tolist()
