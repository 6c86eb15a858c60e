"""Losses with class-dependent margins, for any Keras script."""

from .margin import MarginCrossentropy, margin_crossentropy
from .named import (
    AdaptiveCrossentropy,
    BalancedCrossentropy,
    ClassBalancedCrossentropy,
    EqualisedCrossentropy,
    LogitAdjustedAdaptiveCrossentropy,
    LogitAdjustedCrossentropy,
    VectorScalingCrossentropy,
)

__all__ = [
    "AdaptiveCrossentropy",
    "BalancedCrossentropy",
    "ClassBalancedCrossentropy",
    "EqualisedCrossentropy",
    "LogitAdjustedAdaptiveCrossentropy",
    "LogitAdjustedCrossentropy",
    "MarginCrossentropy",
    "VectorScalingCrossentropy",
    "margin_crossentropy",
]
