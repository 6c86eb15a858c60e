"""A first layer that whitens patches of images."""

import keras
import numpy as np
from keras import layers

EPSILON = 1e-2  # of the mean variance: directions with less than that are damped


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class Whitening(layers.Conv2D):
    """A 2x2 convolution whose maps are uncorrelated and of unit variance at the start.

    The kernel holds the eigenvectors of the covariance of the 2x2 patches of the
    training images, each divided by the square root of its eigenvalue, and each once
    more with the other sign, so that a rectifier loses nothing. It is not trained.
    After Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", 2024, section 3.1,
    but without a bias, so that no gradient need come back this far.

    Args:
        filters: twice the numbers in a patch, `8 * C`.
    """

    def __init__(self, filters: int, **kwargs):
        super().__init__(filters, 2, use_bias=False, trainable=False, **kwargs)

    def adapt(self, images) -> None:
        """Computes the kernel.

        Args:
            images: `[N, H, W, C]`, floating, as the layer will get them.
        """
        patches = np.lib.stride_tricks.sliding_window_view(
            np.asarray(images, "float32"), (2, 2), axis=(1, 2)
        )
        # The order of a kernel's numbers: row, column, channel.
        patches = np.moveaxis(patches, 3, 5).reshape(-1, 4 * images.shape[-1])
        values, vectors = np.linalg.eigh(np.cov(patches, rowvar=False))
        damping = max(EPSILON * values.mean(), np.finfo("float32").eps)
        filters = vectors / np.sqrt(values.clip(0) + damping)
        kernel = np.concatenate([filters, -filters], axis=1)
        self.kernel.assign(kernel.reshape(self.kernel.shape))

    def get_config(self):
        """Returns the arguments."""
        config = super().get_config()
        for fixed in ("kernel_size", "use_bias", "trainable"):
            del config[fixed]
        return config
