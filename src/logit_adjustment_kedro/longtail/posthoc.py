"""Adjustments of the logits of a network that is already trained."""

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from .priors import class_prior

Logits = TypeVar("Logits")


def adjust_logits(logits: Logits, class_counts: ArrayLike, tau: float = 1.0) -> Logits:
    """Returns `f_y - tau * log(pi_y)`: post-hoc logit adjustment.

    The largest adjusted logit is the class with the smallest balanced error, where
    the largest logit is that with the smallest error on the training distribution.
    For networks trained with the plain softmax cross-entropy only: one trained with
    the logit-adjusted loss has made the adjustment already.
    Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, section 4.

    Args:
        logits: `[..., L]`, an array of NumPy or a floating tensor of Keras's backend.
        class_counts: `[L]`, the number of training images of each class.
        tau: the strength; 0 changes nothing.

    Returns:
        The adjusted logits, of the type, shape and dtype of `logits`.

    Raises:
        ValueError: a class has no training image, or the logits are integers.

    Example:
    >>> import numpy as np
    >>> logits = np.array([[2.0, 1.0]])
    >>> adjust_logits(logits, class_counts=[90, 10]).round(2)
    array([[2.11, 3.3 ]])
    """
    # tau * log(prior), and not log(prior**tau + epsilon) as is found elsewhere: that
    # saturates, and where a prior is 5 / 10,847 is 3.1 nats short at tau = 4.
    shift = tau * np.log(class_prior(class_counts))
    return logits - shift.astype(_dtype(logits))


def normalise_weights(
    logits: Logits, weight_norm: ArrayLike, bias: ArrayLike, tau: float = 1.0
) -> Logits:
    """Returns `(f_y - b_y) / ||w_y||^tau`: weight normalisation.

    The last layer's logits are `f_y = w_y . x + b_y`, and networks give frequent
    classes longer `w_y`. The bias is dropped, as by those who proposed this: Kang et
    al., "Decoupling Representation and Classifier for Long-Tailed Recognition", ICLR
    2020, tau-normalised classifier.

    Args:
        logits: `[..., L]`, an array of NumPy or a floating tensor of Keras's backend.
        weight_norm: `[L]`, the Euclidean norm of each class's weights.
        bias: `[L]`, that of each class; zeros for a layer without one.
        tau: the strength; 0 only drops the bias.

    Returns:
        The logits of the normalised layer, of the type, shape and dtype of `logits`.

    Raises:
        ValueError: a norm is not positive, or the logits are integers.

    Example:
    >>> import numpy as np
    >>> logits = np.array([[9.0, 4.0]])
    >>> normalise_weights(logits, weight_norm=[4.0, 2.0], bias=[1.0, -1.0])
    array([[2. , 2.5]])
    """
    dtype, weight_norm = _dtype(logits), np.asarray(weight_norm, dtype=np.float64)
    if not (weight_norm > 0).all():
        wrong = int(np.argmin(weight_norm > 0))
        raise ValueError(
            "Expected weights with positive norms. "
            f"Received: weight_norm[{wrong}]={weight_norm[wrong]:g}"
        )
    factor = (weight_norm**-tau).astype(dtype)
    return (logits - np.asarray(bias, dtype=dtype)) * factor


def _dtype(logits) -> np.dtype:
    # A dtype of TensorFlow is none of NumPy, but knows its twin.
    dtype = getattr(logits.dtype, "as_numpy_dtype", logits.dtype)
    if np.issubdtype(dtype, np.integer):
        raise ValueError(f"Expected floating logits. Received: dtype={dtype}")
    return dtype
