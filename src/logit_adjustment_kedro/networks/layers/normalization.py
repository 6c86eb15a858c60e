"""Batch normalisation, as fast as the backend can do it."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalisation of images, in one operation where TensorFlow has it.

    On TensorFlow, `keras.layers.BatchNormalization` reads and writes the maps of a
    layer many times over, and networks of small convolutions wait for memory more than
    for their products. TensorFlow's fused operation computes the same from float32
    statistics, whatever the dtype of the maps. On other backends, whose compilers fuse
    by themselves, this is Keras's own.

    Its input is `[N, H, W, C]`, normalised over the last axis; the arguments are those
    of `keras.layers.BatchNormalization`.
    """

    def call(self, inputs, training=False):
        """Returns the normalised maps, `[N, H, W, C]`."""
        if keras.backend.backend() != "tensorflow":
            return super().call(inputs, training=training)
        if not (training and self.trainable):
            moving = (self.moving_mean, self.moving_variance)
            return self._fused(inputs, *moving).y
        normalised, mean, variance, *_ = self._fused(inputs)
        # The operation divides by one less than the number of pixels; Keras does not.
        pixels = ops.cast(ops.size(inputs) // inputs.shape[-1], variance.dtype)
        variance = variance * ((pixels - 1) / pixels)
        keep = self.momentum
        self.moving_mean.assign(keep * self.moving_mean + (1 - keep) * mean)
        self.moving_variance.assign(keep * self.moving_variance + (1 - keep) * variance)
        return normalised

    def _fused(self, inputs, *moving):
        """Normalises by the given mean and variance, or else by those of the batch."""
        import tensorflow as tf

        channels = inputs.shape[-1]
        mean, variance = moving or ([], [])
        return tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma if self.scale else ops.ones(channels, "float32"),
            offset=self.beta if self.center else ops.zeros(channels, "float32"),
            mean=mean,
            variance=variance,
            epsilon=self.epsilon,
            is_training=not moving,
        )
