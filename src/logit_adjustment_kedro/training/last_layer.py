"""The last layer of a network, as post-hoc methods see it."""

import keras
import numpy as np

from ..longtail.methods import LastLayer
from ..networks.layers import Cosine


def last_layer_of(network: keras.Model, class_counts: np.ndarray) -> LastLayer:
    """Reads the layer called `logits`.

    Where the norms of the weights do nothing to the logits, they are told as 1.

    Args:
        network: one that `build_network` made.
        class_counts: `[L]`, those of the images it was trained on.
    """
    layer, num_classes = network.get_layer("logits"), len(class_counts)
    bias = np.zeros(num_classes)
    if isinstance(layer, Cosine):
        return LastLayer(class_counts, np.ones(num_classes), bias)
    kernel = keras.ops.convert_to_numpy(layer.kernel).astype(np.float64)
    if layer.use_bias:
        bias = keras.ops.convert_to_numpy(layer.bias).astype(np.float64)
    return LastLayer(class_counts, np.linalg.norm(kernel, axis=0), bias)
