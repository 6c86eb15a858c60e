"""What valid parameters of reading and reporting are."""

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field
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


class Comparison(Parameters):
    """The parameters of the comparison.

    Attributes:
        dataset: the name under which published figures are looked up.
        groups: which classes are head, medium and tail.
        tau_max: the largest tau of the post-hoc methods that is tried, at most 100; the
            smallest is 0.
        tau_steps: in how many equal steps.
    """

    dataset: str
    groups: Groups
    tau_max: float = Field(gt=0, le=100)
    tau_steps: int = Field(ge=1)

    def taus(self) -> np.ndarray:
        """Returns the grid of tau, `[T] float64`."""
        return np.linspace(0, self.tau_max, self.tau_steps + 1)
