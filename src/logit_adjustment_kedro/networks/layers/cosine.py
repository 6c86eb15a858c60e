"""A last layer that looks at directions alone."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class Cosine(layers.Dense):
    """The cosine of the angle between features and the weights of each class, scaled.

    `scale * <w_y, x> / (|w_y| |x|)`, without a bias: no class gains by the length of
    its weights, which in a linear layer grows with its frequency. After Gidaris and
    Komodakis, "Dynamic few-shot visual learning without forgetting", CVPR 2018, but
    with a scale that is not trained.

    Args:
        units: how many classes there are, `L`.
        scale: the largest logit there can be.
    """

    def __init__(self, units: int, scale: float, **kwargs):
        super().__init__(units, use_bias=False, **kwargs)
        self.scale = scale

    def call(self, inputs):
        """Returns the logits, `[N, L]`."""
        directions = ops.normalize(inputs, axis=-1)
        return self.scale * ops.matmul(directions, ops.normalize(self.kernel, axis=0))

    def get_config(self):
        """Returns the arguments."""
        config = super().get_config() | {"scale": self.scale}
        del config["use_bias"]
        return config
