"""Mistakes that are a person's to mend, not bugs."""

from kedro.io import DatasetError


class InputError(ValueError):
    """What was given is not what was expected; the message says both.

    On the command line it is shown without a traceback.
    """


class DataError(DatasetError, InputError):
    """A file, or what a URL leads to, is not what was expected."""
