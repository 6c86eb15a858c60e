"""Mistakes that are a person's to mend, not bugs."""


class InputError(ValueError):
    """What was given is not what was expected; the message says both.

    On the command line it is shown without a traceback.
    """
