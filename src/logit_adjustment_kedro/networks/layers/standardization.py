"""A layer that standardises features."""

import keras
import numpy as np


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class Standardization(keras.layers.Layer):
    """Takes off each feature's mean, and divides by its standard deviation.

    Where `keras.layers.Normalization` would divide by nearly nothing, a feature that
    is the same in all training examples is only centred: one that is not in the test
    set would else outweigh all others. Nothing is trained.
    """

    def build(self, input_shape):
        """Makes the numbers of each feature; until adapted, they change nothing."""
        of_each = {"shape": (input_shape[-1],), "trainable": False}
        self.mean = self.add_weight(name="mean", initializer="zeros", **of_each)
        self.deviation = self.add_weight(
            name="deviation", initializer="ones", **of_each
        )

    def adapt(self, features) -> None:
        """Computes mean and standard deviation.

        Args:
            features: `[N, F]`, floating, as the layer will get them.
        """
        features = np.asarray(features)
        deviation = features.std(axis=0, dtype="float64")
        # What float32 cannot tell from one number.
        limits = np.finfo("float32")
        noise = limits.eps * abs(features).max(axis=0) + limits.tiny
        self.mean.assign(features.mean(axis=0, dtype="float64"))
        self.deviation.assign(np.where(deviation > noise, deviation, 1.0))

    def call(self, features):
        """Returns the standardised features, `[N, F]`."""
        return (features - self.mean) / self.deviation
