"""What all typed parameters have in common."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError


class Parameters(BaseModel):
    """A block of parameters: typed, complete, and refusing unknown keys.

    A pipeline's node that hints one of these for a `params:` input has Kedro check
    the YAML, and what `--params` changed in it, before anything runs.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )

    @classmethod
    def model_validate(cls, obj: Any, **kwargs: Any) -> Self:
        """Checks `obj` as Pydantic does, but tells each mistake in one line.

        Raises:
            ValueError: for each wrong key, its name, what was expected and what came.
        """
        try:
            return super().model_validate(obj, **kwargs)
        except ValidationError as error:
            raise ValueError("; ".join(map(_in_one_line, error.errors()))) from None


def _in_one_line(mistake: dict[str, Any]) -> str:
    key = ".".join(map(str, mistake["loc"])) or "all of it"
    if mistake["type"] == "extra_forbidden":
        return f"{key}: there is no such parameter"
    if mistake["type"] == "missing":
        return f"{key}: this parameter is missing"
    came = mistake["input"]
    return f"{key}: {mistake['msg']}. Received: {came!r} ({type(came).__name__})"
