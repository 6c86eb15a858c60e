"""Labelled images: what they are, how they are divided, what is expected of them."""

from .decoding import Fit, Fitting, decode
from .division import divide
from .expected import (
    Expected,
    ExponentialProfile,
    check_apart,
    check_test_set,
    check_train_set,
    check_validation_set,
    count_classes,
)
from .feature_set import FeatureSet
from .grouped import divide_groups, number_groups
from .hold_out import hold_out
from .image_set import ImageSet
from .long_tail import LongTail, make_long_tailed
from .unlabelled import GONE, Batch, Unlabelled

__all__ = [
    "GONE",
    "Batch",
    "Expected",
    "ExponentialProfile",
    "FeatureSet",
    "Fit",
    "Fitting",
    "ImageSet",
    "LongTail",
    "Unlabelled",
    "check_apart",
    "check_test_set",
    "check_train_set",
    "check_validation_set",
    "count_classes",
    "decode",
    "divide",
    "divide_groups",
    "hold_out",
    "make_long_tailed",
    "number_groups",
]
