"""What valid parameters of the reporting are."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ...parameters import Parameters


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
