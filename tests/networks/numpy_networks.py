"""Networks computed anew, in NumPy, with the weights of a model of Keras."""

import numpy as np
from keras import layers


class Reference:
    """The layers of a model that have weights, each of a kind in its turn.

    The model's weights are drawn at random first: kernels that pass maps on, scales of
    one and means of zero would hide mistakes.
    """

    def __init__(self, model, epsilon, training=False):
        draw_weights(model)
        self.kernels = weights_of(model, layers.Conv2D)
        self.norms = weights_of(model, layers.BatchNormalization)
        self.last = weights_of(model, layers.Dense)
        self.epsilon = epsilon
        self.training = training

    def convolved(self, x, stride=1):
        """The next convolution, nowhere beyond the maps."""
        (kernel,) = next(self.kernels)
        size = kernel.shape[:2]
        patches = np.lib.stride_tricks.sliding_window_view(x, size, axis=(1, 2))
        return np.einsum("nhwcij,ijcf->nhwf", patches[:, ::stride, ::stride], kernel)

    def normalised(self, x):
        """The next normalisation; while training, by the batch's own statistics."""
        *scale, offset, mean, variance = next(self.norms)
        if self.training:
            mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
        x = (x - mean) / np.sqrt(variance + self.epsilon)
        return x * (scale[0] if scale else 1) + offset

    def logits(self, features):
        kernel, *bias = next(self.last)
        return features @ kernel + sum(bias)


def draw_weights(model):
    random = np.random.default_rng(0)
    for weight in model.weights:
        values = random.normal(size=weight.shape)
        if weight.name == "kernel":  # so maps are neither lost nor beyond all numbers
            values *= np.sqrt(2 / np.prod(weight.shape[:-1]))
        if weight.name == "moving_variance":
            values = random.uniform(0.5, 1.5, weight.shape)
        weight.assign(values)


def weights_of(model, kind):
    """Those of each layer of a kind, in the order in which the model has the layers."""
    of_kind = [layer for layer in model.layers if isinstance(layer, kind)]
    return iter([[np.asarray(w, "float64") for w in m.weights] for m in of_kind])


def padded(x, before, after):
    """Maps with so many rows and columns of zeros before and after them."""
    return np.pad(x, ((0, 0), (before, after), (before, after), (0, 0)))


def rectified(x):
    return np.maximum(x, 0)


def pooled(x):
    """The maxima of 2x2 pixels; of an odd number of rows, the last is left out."""
    rows, columns = (size // 2 * 2 for size in x.shape[1:3])
    quarters = [x[:, i:rows:2, j:columns:2] for i in (0, 1) for j in (0, 1)]
    return np.max(quarters, axis=0)
