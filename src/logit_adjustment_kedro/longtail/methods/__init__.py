"""The registry of methods: parameters, pipelines, tables and charts follow from it.

A trained method says how class counts become the margins of a loss, a post-hoc method
how the logits of a trained one are adjusted. To add one, write its class and list it in
the tuple at the end of the same file.
"""

from pydantic import create_model

from ...parameters import Parameters
from .base import LastLayer, PosthocMethod, TrainedMethod
from .posthoc import POSTHOC_METHODS, PosthocLogitAdjusted, WeightNormalised
from .trained import (
    ERM,
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
METHODS: dict[str, type[TrainedMethod] | type[PosthocMethod]] = {
    method.name: method
    for trained in TRAINED_METHODS
    for method in (trained, *(p for p in POSTHOC_METHODS if p.trained == trained.name))
}
TABLE_1 = (ERM.name, PosthocLogitAdjusted.name, LogitAdjusted.name)

Methods = create_model(
    "Methods",
    __base__=Parameters,
    __doc__="The parameters of every method of the registry, by its name.",
    **{name: (method, method()) for name, method in METHODS.items()},
)

__all__ = [
    "ERM",
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
    "Methods",
    "PosthocLogitAdjusted",
    "PosthocMethod",
    "TrainedMethod",
    "VectorScaling",
    "WeightNormalised",
]
