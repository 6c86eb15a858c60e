"""What every function of this room asks of counts, labels and logits.

Where NumPy would broadcast, cast or wrap around, and so give a number that is wrong,
these refuse.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError


def in_label_order(class_counts: ArrayLike, name: str = "class_counts") -> np.ndarray:
    """Returns class counts, or shares, as an array, one number a class.

    Args:
        class_counts: `[L]`, in the order of the labels; or a pandas series whose index
            has the labels, in any order, as `value_counts` gives it.
        name: what the caller calls them.

    Returns:
        `[L]`, in the order of the labels and of the dtype that was given.

    Raises:
        InputError: this is no vector of numbers, or the index of a series is not the
            labels from 0 to L - 1.

    Example:
    >>> import pandas as pd
    >>> in_label_order(pd.Series([1, 0, 1, 1]).value_counts())
    array([1, 3])
    """
    labels = getattr(class_counts, "index", None)
    # The index of a list is a method.
    if labels is not None and not callable(labels):
        if not labels.is_unique or {*labels} != {*range(len(labels))}:
            raise InputError(
                f"Expected {name} with the labels from 0 to "
                f"{len(labels) - 1} as their index. Received: index={[*labels]}"
            )
        class_counts = class_counts.to_numpy()[np.argsort(np.asarray(labels))]
    counts = np.asarray(class_counts)
    if counts.ndim != 1 or counts.size == 0 or counts.dtype.kind not in "iuf":
        raise InputError(
            f"Expected {name} to be a vector with one number a class. "
            f"Received: shape={counts.shape}, dtype={counts.dtype}"
        )
    return counts


def check_indices(
    indices: ArrayLike, size: int, below: int, name: str = "labels"
) -> np.ndarray:
    """Returns labels, or other indices, as an array.

    Args:
        indices: `[N]`, integers in `[0, below)`.
        size: `N`.
        below: how many there are to choose from; of labels, the number of classes.
        name: what the caller calls them.

    Raises:
        InputError: they are not.
    """
    indices = np.asarray(indices)
    if indices.shape != (size,) or indices.dtype.kind not in "iu":
        raise InputError(
            f"Expected {name} to be integers of shape ({size},). "
            f"Received: shape={indices.shape}, dtype={indices.dtype}"
        )
    if size and (indices.min() < 0 or indices.max() >= below):
        wrong = int(np.argmax((indices < 0) | (indices >= below)))
        raise InputError(
            f"Expected {name} from 0 to {below - 1}. "
            f"Received: {name}[{wrong}]={indices[wrong]}"
        )
    return indices


def check_num_logits(logits: Any, num_classes: int, name: str = "logits") -> None:
    """Checks that there is one logit a class.

    Args:
        logits: an array or tensor, `[..., L]`.
        num_classes: `L`.
        name: what the caller calls the logits.

    Raises:
        InputError: the last axis is another, or there is but one class: a single logit
            of two classes would broadcast to both.
    """
    shape = tuple(logits.shape)
    if num_classes < 2 or shape[-1:] != (num_classes,):
        expected = f"{num_classes} classes" if num_classes > 1 else "at least 2 classes"
        raise InputError(
            f"Expected one logit for each of {expected}, as in class_counts. "
            f"Received: {name}.shape={shape}, {num_classes} class_counts"
        )


def check_no_probabilities(logits: np.ndarray, name: str = "logits") -> None:
    """Checks that these are not probabilities, which would be read as flat logits.

    Args:
        logits: `[N, L]`.
        name: what the caller calls them.

    Raises:
        InputError: all are from 0 to 1, as hardly any logits are.
    """
    if ((logits >= 0) & (logits <= 1)).all():
        raise InputError(
            f"Expected {name}. Received: numbers from 0 to 1 alone, which are "
            "probabilities: call them so, or give their logarithms"
        )


def check_in_range(
    values: np.ndarray, tau: float, positive: bool = False
) -> np.ndarray:
    """Returns values that follow from tau.

    Args:
        values: of the dtype that they are needed in.
        tau: what they follow from.
        positive: whether they are factors, of which none may have become 0.

    Raises:
        InputError: a value is beyond what its dtype can hold.
    """
    if not (np.isfinite(values) & ((values > 0) | (not positive))).all():
        raise InputError(
            f"Expected a tau whose adjustment is in the range of {values.dtype}. "
            f"Received: tau={tau}"
        )
    return values
