"""What all typed parameters have in common."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import did_you_mean


class Parameters(BaseModel):
    """A block of parameters: typed, complete, and refusing unknown keys.

    A pipeline's node that hints one of these for a `params:` input has Kedro check
    the YAML, and what `--params` changed in it, before anything runs.

    Attributes:
        moved: where a parameter of an earlier version is now, by its old key; whoever
            gives the old key is told.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )
    moved: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def model_validate(cls, obj: Any, **kwargs: Any) -> Self:
        """Checks `obj` as Pydantic does, but tells each mistake in one line.

        Raises:
            ValueError: for each wrong key, its name, what was expected and what came.
        """
        try:
            return super().model_validate(obj, **kwargs)
        except ValidationError as error:
            told = [_in_one_line(cls, mistake) for mistake in error.errors()]
            raise ValueError("; ".join(told)) from None


def _in_one_line(model: type[Parameters], mistake: Mapping[str, Any]) -> str:
    key = ".".join(map(str, mistake["loc"])) or "all of it"
    if mistake["type"] == "extra_forbidden":
        return f"{key}: {_unknown(model, mistake['loc'])}"
    if mistake["type"] == "missing":
        return f"{key}: this parameter is missing"
    came = mistake["input"]
    return f"{key}: {mistake['msg']}. Received: {came!r} ({type(came).__name__})"


def _unknown(model: type[Parameters], path: tuple[int | str, ...]) -> str:
    *blocks, key = path
    block = _block_at(model, blocks)
    if block is not None and key in block.moved:
        return f"this parameter is now {block.moved[key]}"
    known, prefix = (
        block.model_fields if block else (),
        "".join(f"{b}." for b in blocks),
    )
    hint = did_you_mean(str(key), known, prefix)
    return f"there is no such parameter{'.' if hint else ''}{hint}"


def _block_at(
    model: type[Parameters], path: Iterable[int | str]
) -> type[Parameters] | None:
    """Returns the block under some keys, or None of what is typed in another way."""
    for key in path:
        field = model.model_fields.get(str(key))
        types = () if field is None else (field.annotation, *get_args(field.annotation))
        blocks = [t for t in types if isinstance(t, type) and issubclass(t, Parameters)]
        if len(blocks) != 1:
            return None
        (model,) = blocks
    return model
