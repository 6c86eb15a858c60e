"""Networks to export, of random weights and with random statistics."""

from dataclasses import replace

import keras
import numpy as np

from logit_adjustment_kedro.networks import HEADS, NETWORKS, Architecture, build_network
from logit_adjustment_kedro.networks.augmentations import Colour, Mirror, Shift
from logit_adjustment_kedro.runs import Run
from made_runs import make_run, make_setup

AUGMENTATIONS = {"mirror": Mirror(), "shift": Shift(pixels=2), "colour": Colour()}
PARAMETERS = {"whitened": {"channels": [8, 8, 16]}}
IMAGES = np.random.default_rng(0).integers(0, 256, (12, 16, 20, 3), "uint8")
# Far from 0, with hardly any variance, as some features of ReLU networks are.
FEATURES = np.random.default_rng(0).normal(90, 0.01, (12, 1, 1, 30)).astype("float32")


def make_network(name: str, examples=IMAGES, head: str = "linear") -> keras.Model:
    keras.utils.set_random_seed(0)
    architecture = Architecture(
        NETWORKS[name](**PARAMETERS.get(name, {})),
        HEADS[head](),
        AUGMENTATIONS if examples.dtype == "uint8" else {},
        l2=1e-4,
    )
    network = build_network(architecture, examples, num_classes=3)
    random = np.random.default_rng(1)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(random.normal(0, 0.1, layer.moving_mean.shape))
            variance = random.uniform(1, 3, layer.moving_variance.shape)
            layer.moving_variance.assign(variance)
            layer.beta.assign(random.normal(0, 0.1, layer.beta.shape))
    return network


def shortened(resnet: keras.Model) -> keras.Model:
    """Returns a ResNet up to the first block that halves its maps, for it is slow."""
    sums = [layer for layer in resnet.layers if isinstance(layer, keras.layers.Add)]
    features = keras.layers.GlobalAveragePooling2D()(sums[5].output)
    return keras.Model(resnet.input, keras.layers.Dense(3)(features))


def make_trained(network: keras.Model, seed: int = 0, method: str = "erm") -> Run:
    """Returns a run of this network; its class counts are those of `made_runs`."""
    return replace(make_run(make_setup(method), seed), trained=network)
