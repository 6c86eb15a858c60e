"""Mistakes that are a person's to mend, not bugs."""

from collections.abc import Iterable, Sequence
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


def first_of(texts: Sequence[str], most: int = 5) -> str:
    """Returns the first of some texts, and how many more there are.

    >>> first_of(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more
