"""What classes and images are called."""

import numpy as np

from ..errors import InputError


def check_names(names: tuple[str, ...]) -> None:
    """Checks the names of classes.

    Raises:
        InputError: they are no tuple of texts that differ, none of them empty.
    """
    if not isinstance(names, tuple) or not all(
        isinstance(name, str) and name.strip() for name in names
    ):
        raise InputError(
            "Expected class_names to be a tuple of texts, none of them empty. "
            f"Received: {names!r}"
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(
            f"Expected class_names that differ. Received: {twice!r} more than once"
        )


def check_texts(name: str, texts: np.ndarray | None, size: int) -> None:
    """Checks texts of which each image has one.

    Args:
        name: what the caller calls them.
        texts: `[N]`; None where there are none.
        size: `N`.

    Raises:
        InputError: they are not.
    """
    if texts is None:
        return
    if not isinstance(texts, np.ndarray) or texts.dtype.kind not in "UT":
        raise InputError(
            f"Expected {name} to be an array of texts. "
            f"Received: {getattr(texts, 'dtype', type(texts).__name__)}"
        )
    if texts.shape != (size,):
        raise InputError(
            f"Expected {name} of shape ({size},), a name an image. "
            f"Received: shape={texts.shape}"
        )
