"""The one mistake of input that Kedro must know as its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kedro.io import DatasetError

from ..errors import InputError


class DataError(DatasetError, InputError):
    """A file, or what a URL leads to, is not what was expected."""


@contextmanager
def known_to_kedro(place: Path | None = None) -> Iterator[None]:
    """Makes a mistake of input one that Kedro knows.

    Args:
        place: where the input is from; None where the mistake tells that itself.

    Raises:
        DataError: an `InputError` was raised.
    """
    try:
        yield
    except DataError:
        raise
    except InputError as fault:
        told = str(fault) if place is None else f"{place}: {fault}"
        raise DataError(told) from fault
