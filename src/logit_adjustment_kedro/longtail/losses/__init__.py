"""Losses with class-dependent margins, for any Keras script."""

from . import renamed  # noqa: F401  # models saved under the former names load
from .logit_adjusted import LogitAdjustedCrossentropy
from .long_tail import LongTailCrossentropy
from .margin import MarginCrossentropy, margin_crossentropy

__all__ = [
    "LogitAdjustedCrossentropy",
    "LongTailCrossentropy",
    "MarginCrossentropy",
    "margin_crossentropy",
]
