"""The one mistake of input that Kedro must know as its own."""

from kedro.io import DatasetError

from ..errors import InputError


class DataError(DatasetError, InputError):
    """A file, or what a URL leads to, is not what was expected."""
