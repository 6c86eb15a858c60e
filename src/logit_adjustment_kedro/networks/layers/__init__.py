"""Layers of Keras that networks here are made of, registered so that models load."""

from .augmentation import Augment
from .convolution import PassOn, convolution, normalized_convolution
from .normalization import FusedBatchNormalization
from .whitening import Whitening

__all__ = [
    "Augment",
    "FusedBatchNormalization",
    "PassOn",
    "Whitening",
    "convolution",
    "normalized_convolution",
]
