"""The ways of an image to a table: wiring alone."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

HELD_OUT = "_held_out"  # ends the names of trainings with images held out


@contextmanager
def across_namespaces() -> Iterator[None]:
    """Lets a node read what belongs to another namespace: its name has a dot.

    Kedro warns of that, but here it is the point.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="One or more dataset names contain")
        yield
