"""A layer that scales pixels as a network of Keras expects them."""

import keras


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class InputScaling(keras.layers.Layer):
    """What `preprocess_input` of a module of `keras.applications` does.

    Nothing, where the networks of the module scale their input themselves.

    Args:
        module: its name, such as `resnet`.
    """

    def __init__(self, module: str, **options):
        super().__init__(**options)
        self.module = module

    def call(self, images):
        """Returns the scaled images, given `[N, H, W, 3]` from 0 to 255, floating."""
        return getattr(keras.applications, self.module).preprocess_input(images)

    def get_config(self):
        """Returns what the layer was made with."""
        return super().get_config() | {"module": self.module}
