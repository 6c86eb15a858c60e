"""The registry of methods: parameters, pipelines, tables and charts follow from it.

A trained method says how class counts become the margins of a loss, a post-hoc method
how the logits of a trained one are adjusted, a combined method how several networks
answer together. To add one, write its class and list it in the tuple at the end of the
same file.
"""

import numpy as np
from pydantic import create_model

from ...parameters import Parameters
from .base import LastLayer, Method, PosthocMethod, TrainedMethod
from .combined import COMBINED_METHODS, CombinedMethod, TauExperts
from .posthoc import POSTHOC_METHODS, PosthocLogitAdjusted, WeightNormalised
from .retrained import ClassifierRetraining
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
    TailExpert,
    VectorScaling,
)

TRAINED = {method.name: method for method in TRAINED_METHODS}
POSTHOC = {method.name: method for method in POSTHOC_METHODS}
COMBINED = {method.name: method for method in COMBINED_METHODS}
# Each trained method, followed by the post-hoc ones that adjust its logits.
METHODS: dict[str, type[Method]] = {
    method.name: method
    for trained in TRAINED_METHODS
    for method in (trained, *(p for p in POSTHOC_METHODS if p.trained == trained.name))
} | COMBINED
# The trained methods whose logits post-hoc ones adjust.
ADJUSTED = tuple(dict.fromkeys(method.trained for method in POSTHOC_METHODS))
TABLE_1 = (ERM.name, PosthocLogitAdjusted.name, LogitAdjusted.name)


def trainings_of(method: str) -> tuple[str, ...]:
    """Returns the names of all trainings that a method of the registry takes.

    Example:
    >>> trainings_of("posthoc_logit_adjusted"), trainings_of("crt")
    (('erm',), ('erm', 'crt'))
    """
    read = METHODS[method].reads()
    taken = (
        name for trained in read for name in (TRAINED[trained].starts_from, trained)
    )
    return tuple(dict.fromkeys(name for name in taken if name))


class _Methods(Parameters):
    def adjusting(self, trained: str) -> list[PosthocMethod]:
        """Returns the post-hoc methods that adjust the logits of a trained one."""
        names = [name for name, p in POSTHOC.items() if p.trained == trained]
        return [getattr(self, name) for name in names]

    def start_of(self, trained: str) -> TrainedMethod | None:
        """Returns the method whose network a trained one starts from, if there is."""
        name = TRAINED[trained].starts_from
        return None if name is None else getattr(self, name)

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
    "COMBINED",
    "ERM",
    "LDAM",
    "METHODS",
    "POSTHOC",
    "TABLE_1",
    "TRAINED",
    "Adaptive",
    "Balanced",
    "ClassBalanced",
    "ClassifierRetraining",
    "CombinedMethod",
    "Equalised",
    "LastLayer",
    "LogitAdjusted",
    "LogitAdjustedAdaptive",
    "Method",
    "Methods",
    "PosthocLogitAdjusted",
    "PosthocMethod",
    "TailExpert",
    "TauExperts",
    "TrainedMethod",
    "VectorScaling",
    "WeightNormalised",
    "trainings_of",
]
