"""Layers of Keras that networks here are made of, registered so that models load."""

from .augmentation import Augment
from .convolution import PassOn, convolution, normalized_convolution
from .cosine import Cosine
from .input_scaling import InputScaling
from .normalization import FusedBatchNormalization
from .standardization import Standardization
from .whitening import Whitening

__all__ = [
    "Augment",
    "Cosine",
    "FusedBatchNormalization",
    "InputScaling",
    "PassOn",
    "Standardization",
    "Whitening",
    "convolution",
    "normalized_convolution",
]
