"""What the arguments of sources have in common."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from ...parameters import Parameters
from ..errors import DataError

Asked = TypeVar("Asked", bound=Parameters)


def _listed(value: Any) -> Any:
    return [*value] if isinstance(value, tuple) else value


def _in_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else _listed(value)


Side = Annotated[int, Field(ge=1)]
ImageShape = Annotated[
    list[Side], BeforeValidator(_listed), Field(min_length=3, max_length=3)
]
ClassNames = Annotated[list[str], BeforeValidator(_listed)]
Urls = Annotated[list[str], BeforeValidator(_in_list), Field(min_length=1)]


def checked(model: type[Asked], arguments: Mapping[str, Any]) -> Asked:
    """Returns the arguments of a source, as its model has them.

    Raises:
        DataError: one is not what was expected; it is named.
    """
    try:
        return model.model_validate(arguments)
    except ValueError as mistake:
        raise DataError(f"Wrong argument of a source of images. {mistake}") from None
