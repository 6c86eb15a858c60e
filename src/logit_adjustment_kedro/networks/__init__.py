"""Networks, their heads and augmentations: plug-ins that a recipe names.

Each is one class with parameters of its own and one row of its registry. The registries
need no Keras, so that a recipe can be checked without it; what builds models and loads
them imports Keras when it is asked for.
"""

from typing import TYPE_CHECKING, Any

from .architecture import Architecture
from .augmentations import AUGMENTATIONS, Augmentation
from .base import Network
from .convnet import ConvNet
from .frozen import Frozen
from .heads import HEADS, Head
from .resnet32 import ResNet32
from .resnet32_released import ResNet32Released
from .standardised import Standardised
from .whitened import Whitened

if TYPE_CHECKING:
    from .build import build_network, load_network

__all__ = [
    "AUGMENTATIONS",
    "HEADS",
    "NETWORKS",
    "Architecture",
    "Augmentation",
    "Frozen",
    "Head",
    "Network",
    "build_network",
    "load_network",
]

NETWORKS: dict[str, type[Network]] = {
    network.name: network
    for network in (
        *(ConvNet, ResNet32, ResNet32Released, Whitened),
        *(Standardised, Frozen),
    )
}


def __getattr__(name: str) -> Any:
    if name in ("build_network", "load_network"):
        from . import build

        return getattr(build, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
