"""What valid parameters of a model in use are."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from ..errors import did_you_mean
from ..evaluation.parameters import Mix, TargetPrior
from ..longtail.methods import METHODS, LogitAdjusted
from ..parameters import Parameters


def _known(method: str) -> str:
    if method in METHODS:
        return method
    name, _, choice = method.partition(" ")
    if choice and name in METHODS:
        told = f"{name} alone, at a tau given as methods.{name}.tau"
        if "oracle" in choice:
            told += ": that of the oracle is chosen on the test set, and is no result"
    else:
        told = f"one of {', '.join(METHODS)}.{did_you_mean(method, METHODS)}"
    raise PydanticCustomError("method", "Expected {told}", {"told": told.rstrip(".")})


def _of_new_examples(asked: str | dict[str, float]) -> str | dict[str, float]:
    if asked == Mix.TEST:
        raise PydanticCustomError(
            "target_prior",
            "Expected uniform, train, estimated, a CSV file, or shares by class: the "
            "mix of the test images says nothing of new ones",
        )
    return asked


class Prediction(Parameters):
    """The parameters of a model in use.

    Attributes:
        method: which of the registry answers.
        target_prior: the mix of classes that new examples come from: see `Comparison`;
            but `test` has no meaning, and `estimated` is a guess from the predictions
            of these examples.
    """

    method: Annotated[str, AfterValidator(_known)] = LogitAdjusted.name
    target_prior: Annotated[TargetPrior, AfterValidator(_of_new_examples)] = Mix.UNIFORM


class Deployment(Prediction):
    """The parameters of an exported model.

    Attributes:
        method: see `Prediction`.
        target_prior: see `Prediction`; an export refuses `estimated`, as it has no
            examples.
        format: one of `export.FORMATS`.
    """

    format: str = "keras"
