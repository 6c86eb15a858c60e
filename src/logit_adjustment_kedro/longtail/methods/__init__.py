"""The registry of methods: parameters, pipelines, tables and charts follow from it.

A trained method says how class counts become the margins of a loss, a post-hoc method
how the logits of a trained one are adjusted. To add one, write its class and list it in
the tuple at the end of the same file.
"""

import numpy as np
from pydantic import create_model

from ...parameters import Parameters
from .base import LastLayer, Method, PosthocMethod, TrainedMethod
from .posthoc import POSTHOC_METHODS, PosthocLogitAdjusted, WeightNormalised
from .trained import (
    ERM,
    LDAM,
    TRAINED_METHODS,
    Adaptive,
    Balanced,
    ClassBalanced,
    Equalised,
    LogitAdjusted,
    LogitAdjustedAdaptive,
    VectorScaling,
)

TRAINED = {method.name: method for method in TRAINED_METHODS}
POSTHOC = {method.name: method for method in POSTHOC_METHODS}
# Each trained method, followed by the post-hoc ones that adjust its logits.
METHODS: dict[str, type[Method]] = {
    method.name: method
    for trained in TRAINED_METHODS
    for method in (trained, *(p for p in POSTHOC_METHODS if p.trained == trained.name))
}
# The trained methods whose logits post-hoc ones adjust.
ADJUSTED = tuple(dict.fromkeys(method.trained for method in POSTHOC_METHODS))
TABLE_1 = (ERM.name, PosthocLogitAdjusted.name, LogitAdjusted.name)


class _Methods(Parameters):
    def adjusting(self, trained: str) -> list[PosthocMethod]:
        """Returns the post-hoc methods that adjust the logits of a trained one."""
        names = [name for name, p in POSTHOC.items() if p.trained == trained]
        return [getattr(self, name) for name in names]

    def check(self, class_counts: np.ndarray) -> None:
        """Looks whether the margins of all trained methods can be computed.

        Raises:
            InputError: those of one are out of range for these counts.
        """
        for name in TRAINED:
            getattr(self, name).margins(class_counts)


Methods = create_model(
    "Methods",
    __base__=_Methods,
    __doc__="The parameters of every method of the registry, by its name.",
    **{name: (method, method()) for name, method in METHODS.items()},
)

__all__ = [
    "ADJUSTED",
    "ERM",
    "LDAM",
    "METHODS",
    "POSTHOC",
    "TABLE_1",
    "TRAINED",
    "Adaptive",
    "Balanced",
    "ClassBalanced",
    "Equalised",
    "LastLayer",
    "LogitAdjusted",
    "LogitAdjustedAdaptive",
    "Method",
    "Methods",
    "PosthocLogitAdjusted",
    "PosthocMethod",
    "TrainedMethod",
    "VectorScaling",
    "WeightNormalised",
]
