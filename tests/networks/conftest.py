import numpy as np
import pytest

from logit_adjustment_kedro.networks import HEADS, NETWORKS, Architecture, build_network
from logit_adjustment_kedro.networks.augmentations import Colour, Mirror, Shift, Zoom

SMALL = ("convnet", "standardised")
AUGMENTATIONS = {
    "mirror": Mirror(),
    "shift": Shift(pixels=2),
    "zoom": Zoom(factor=1.2),
    "colour": Colour(),
}


def noise(name, images=20):
    """Images that are as large as those that a network is made for."""
    random = np.random.default_rng(0)
    shape = (8, 8, 1) if name in SMALL else (32, 32, 3)
    return random.integers(0, 256, (images, *shape), "uint8")


@pytest.fixture
def images_for():
    return noise


@pytest.fixture
def build():
    """Returns a function that builds a network by its name."""

    def built(name, num_classes=10, l2=0.0, images=None, **parameters):
        architecture = Architecture(
            NETWORKS[name](**parameters), HEADS["linear"](), AUGMENTATIONS, l2
        )
        images = noise(name) if images is None else images
        return build_network(architecture, images, num_classes)

    return built


def count(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


@pytest.fixture
def sizes():
    """Returns a function from a model to its trainable and all its numbers."""
    return lambda model: (count(model.trainable_weights), model.count_params())
