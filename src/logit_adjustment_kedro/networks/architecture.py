"""What a model is built of."""

from collections.abc import Mapping
from dataclasses import dataclass

from .augmentations import Augmentation
from .base import Network
from .heads import Head


@dataclass(frozen=True)
class Architecture:
    """The parts of a model that learns from images.

    Attributes:
        network: from images to features.
        head: from features to logits.
        augmentations: what happens to images while training, by the names of
            `AUGMENTATIONS`, in whose order they act.
        l2: the factor of Keras's `l2` regulariser.
    """

    network: Network
    head: Head
    augmentations: Mapping[str, Augmentation]
    l2: float
