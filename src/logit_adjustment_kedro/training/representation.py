"""A trained network without its last layer, which is trained anew."""

from dataclasses import replace
from typing import Self

import keras
import numpy as np
from keras import ops
from typing_extensions import override

from ..images import ImageSet
from ..networks.layers import Standardization
from ..runs.run import NETWORK_FILE, Run, damaged
from .features import Features
from .last_layer import last_layer_of
from .predictions import predict
from .task import Task


class Representation(Features):
    """What a trained network makes of images, up to its layer called "logits".

    Args:
        network: one from raw images to logits; it is not changed.
        frozen: whether features of its frozen part are shown to it, not images.
    """

    @classmethod
    def of(cls, start: Run, frozen: bool) -> Self:
        """Returns that of a run's network.

        Args:
            start: the run.
            frozen: see above.

        Raises:
            InputError: the network is not the one that the run tells of.
        """
        network, told = start.network(), start.last_layer
        try:
            found = last_layer_of(network, told.class_counts)
            is_its_own = np.allclose(found.weight_norm, told.weight_norm, rtol=1e-4)
        except ValueError:  # no such layer, or of other classes
            is_its_own = False
        if not is_its_own:
            raise damaged(start.folder, f"{NETWORK_FILE} is another network's")
        return cls(network, frozen)

    def __init__(self, network: keras.Model, frozen: bool):
        self._network = network
        # What `build_network` made begins with that layer, after scaling.
        learnt = network.get_layer("augmentation").input
        self._representation = keras.Model(
            learnt if frozen else network.input, network.get_layer("logits").input
        )

    @override
    def on_features(self, task: Task) -> Task:
        """Returns the task of the last layer: a recipe of its own, and the setup."""
        recipe = task.recipe.changed_by(task.method.recipe_changes())
        on_features = replace(super().on_features(task), recipe=recipe)
        vars(on_features)["setup"] = task.setup
        return on_features

    @override
    def features(self, images: ImageSet, mirrored: bool = False) -> np.ndarray:
        found = predict(self._representation, images, mirrored)
        return found.astype("float32")[:, np.newaxis, np.newaxis]

    @override
    def whole(self, network: keras.Model) -> keras.Model:
        # The standardisation goes into the last layer: what the network was is then
        # there as it was, with another last layer and nothing else.
        (scaled,) = (x for x in network.layers if isinstance(x, Standardization))
        kernel, bias = network.get_layer("logits").get_weights()
        kernel = kernel / ops.convert_to_numpy(scaled.deviation)[:, np.newaxis]
        bias = bias - ops.convert_to_numpy(scaled.mean) @ kernel
        last = keras.layers.Dense(len(bias), dtype="float32", name="logits")
        logits = last(self._network.get_layer("logits").input)
        last.set_weights([kernel, bias])
        return keras.Model(self._network.input, logits, name=self._network.name)
