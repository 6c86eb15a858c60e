"""Mistakes that are a person's to mend, not bugs."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """What was given is not what was expected; the message says both.

    On the command line it is shown without a traceback.
    """


def did_you_mean(name: str, known: Iterable[str], prefix: str = "") -> str:
    """Returns a sentence that names what is like a name, or nothing.

    >>> did_you_mean("epoch", ["epochs", "seeds"], prefix="training.")
    ' Did you mean training.epochs?'
    """
    near = get_close_matches(name, known, n=1)
    return f" Did you mean {prefix}{near[0]}?" if near else ""
