"""What valid parameters of reading and reporting are."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from ..longtail.groups import Groups
from ..parameters import Parameters


def _in_unit_interval(beta: float) -> float:
    if not 0 <= beta <= 1:
        raise PydanticCustomError("beta", "Expected a value in [0, 1]")
    return beta


class Reporting(Parameters):
    """The parameters of the reporting.

    Attributes:
        betas: the smoothing strengths that the chart of the effective class
            probabilities compares, each in `[0, 1]`, in the order of the legend.
    """

    betas: Annotated[
        list[Annotated[float, AfterValidator(_in_unit_interval)]], Field(min_length=1)
    ]


class Mix(StrEnum):
    """A mix of classes that has a name.

    Attributes:
        UNIFORM: equally many images of each class: what methods for long tails are made
            for. Each is read as it was made.
        TRAIN: that of the training images.
        TEST: that of the test images.
        ESTIMATED: that of the test images, as it is guessed from predictions alone.
    """

    UNIFORM = "uniform"
    TRAIN = "train"
    TEST = "test"
    ESTIMATED = "estimated"


def _mix(asked: Any) -> str | dict[str, float]:
    if isinstance(asked, str) and (asked in [*Mix] or asked.lower().endswith(".csv")):
        return asked
    if isinstance(asked, Mapping) and asked:
        # The name of a class may be a number, and then is one in YAML.
        shares = {str(name): share for name, share in asked.items()}
        numbers = [s for s in shares.values() if type(s) in (int, float)]
        if len(numbers) == len(shares) and np.isfinite(numbers).all():
            return shares
    raise PydanticCustomError(
        "target_prior",
        "Expected uniform, train, test, estimated, a CSV file, or shares by class",
    )


TargetPrior = Annotated[str | dict[str, float], PlainValidator(_mix)]


class Comparison(Parameters):
    """The parameters of the comparison.

    Attributes:
        dataset: the name under which published figures are looked up.
        groups: which classes are head, medium and tail.
        tau_max: the largest tau of the post-hoc methods that is tried, at most 100; the
            smallest is 0.
        tau_steps: in how many equal steps.
        target_prior: the mix of classes that methods are to predict, and are measured
            on: a `Mix`, a CSV file with columns class_name and share, or shares by the
            names of classes.
    """

    dataset: str
    groups: Groups
    tau_max: float = Field(gt=0, le=100)
    tau_steps: int = Field(ge=1)
    target_prior: TargetPrior = Mix.UNIFORM

    def taus(self) -> np.ndarray:
        """Returns the grid of tau, `[T] float64`."""
        return np.linspace(0, self.tau_max, self.tau_steps + 1)
