"""Labelled images: what they are, how they are divided, what is expected of them."""

from .expected import (
    Expected,
    ExponentialProfile,
    check_test_set,
    check_train_set,
    count_classes,
)
from .hold_out import hold_out
from .image_set import ImageSet

__all__ = [
    "Expected",
    "ExponentialProfile",
    "ImageSet",
    "check_test_set",
    "check_train_set",
    "count_classes",
    "hold_out",
]
