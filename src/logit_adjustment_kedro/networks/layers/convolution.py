"""Convolutions as the networks here have them, and how they may start."""

from typing import Any

import keras
import numpy as np
from keras import layers

from .normalization import FusedBatchNormalization


def convolution(
    x,
    filters: int,
    size: int,
    l2: float,
    *,
    strides: int = 1,
    padding: str = "same",
    initializer: str | keras.Initializer = "he_normal",
):
    """Returns the maps of a convolution without bias, `[N, H, W, filters]`.

    Args:
        x: `[N, H, W, C]`, a symbolic tensor of Keras.
        filters: how many maps there are.
        size: of the kernel, in pixels a side.
        l2: the factor of Keras's `l2` on the kernel.
        strides: how many pixels there are from one that is computed to the next.
        padding: "same" or "valid", as Keras has it.
        initializer: how the kernel starts.
    """
    return layers.Conv2D(
        filters,
        size,
        strides=strides,
        padding=padding,
        use_bias=False,
        kernel_initializer=initializer,
        kernel_regularizer=keras.regularizers.L2(l2),
    )(x)


def normalized_convolution(
    x, filters: int, size: int, l2: float, *, epsilon: float = 1e-5, **arguments: Any
):
    """Returns a convolution's maps, batch-normalised with a momentum of 0.9.

    Args:
        x: `[N, H, W, C]`, a symbolic tensor of Keras.
        filters: how many maps there are.
        size: of the kernel, in pixels a side.
        l2: the factor of Keras's `l2` on the kernel.
        epsilon: what batch normalisation adds to the variance.
        **arguments: what else `convolution` takes.
    """
    x = convolution(x, filters, size, l2, **arguments)
    return FusedBatchNormalization(momentum=0.9, epsilon=epsilon)(x)


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class PassOn(keras.initializers.Initializer):
    """Makes the first filters of a convolution pass its input channels on unchanged.

    Filters beyond the number of input channels start at random.
    """

    def __call__(self, shape, dtype=None):
        """Returns a kernel, `[height, width, channels, filters]`."""
        height, width, channels, filters = shape
        uniform = keras.initializers.VarianceScaling(1 / 3, distribution="uniform")
        kernel = np.array(keras.ops.convert_to_numpy(uniform(shape, dtype)))
        passed = min(channels, filters)
        kernel[..., :passed] = 0
        kernel[height // 2, width // 2, range(passed), range(passed)] = 1
        return keras.ops.convert_to_tensor(kernel, dtype)
