"""The last layer of a network, as post-hoc methods see it."""

import keras
import numpy as np

from ..longtail.methods import LastLayer


def last_layer_of(network: keras.Model, class_counts: np.ndarray) -> LastLayer:
    """Reads the layer called `logits`.

    Args:
        network: one that `build_network` made.
        class_counts: `[L]`, those of the images it was trained on.
    """
    layer = network.get_layer("logits")
    kernel = keras.ops.convert_to_numpy(layer.kernel).astype(np.float64)
    if layer.use_bias:
        bias = keras.ops.convert_to_numpy(layer.bias).astype(np.float64)
    else:
        bias = np.zeros(len(class_counts))
    return LastLayer(class_counts, np.linalg.norm(kernel, axis=0), bias)
