"""Losses as models saved them while each method's loss had a class of its own.

Keras finds the class of a saved loss by the name that it was registered under. So the
former names stay registered, and what loads is a `LongTailCrossentropy`.
`LogitAdjustedCrossentropy` has kept its name.
"""

from typing import Any

import keras
from typing_extensions import override

from .long_tail import LongTailCrossentropy

FORMER_NAMES = {
    "BalancedCrossentropy": "balanced",
    "ClassBalancedCrossentropy": "class_balanced",
    "AdaptiveCrossentropy": "adaptive",
    "EqualisedCrossentropy": "equalised",
    "LogitAdjustedAdaptiveCrossentropy": "logit_adjusted_adaptive",
    "VectorScalingCrossentropy": "vs",
}


def _keep_loadable(former_name: str, method: str) -> None:
    @keras.saving.register_keras_serializable("logit_adjustment_kedro", former_name)
    class Renamed(LongTailCrossentropy):
        @classmethod
        @override
        def from_config(cls, config: dict[str, Any]) -> LongTailCrossentropy:
            return LongTailCrossentropy.from_config({"method": method, **config})


for _former_name, _method in FORMER_NAMES.items():
    _keep_loadable(_former_name, _method)
