"""Adjustments of the logits of a network that is already trained."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from .checks import check_in_range, check_num_logits
from .mixes import class_shares
from .priors import scaled_log_prior

Logits = TypeVar("Logits")


def adjust_logits(
    logits: Logits,
    class_counts: ArrayLike,
    tau: float = 1.0,
    target_prior: ArrayLike | None = None,
) -> Logits:
    """Returns `f_y - tau * log(pi_y / q_y)`: post-hoc logit adjustment.

    Without a target `q`, that is `f_y - tau * log(pi_y)`: the largest adjusted logit is
    the class with the smallest balanced error, where the largest logit is that with the
    smallest error on the training distribution. Menon et al., "Long-tail learning via
    logit adjustment", ICLR 2021, section 4.

    The balanced error is the error on a mix with equally many images of each class. For
    any other mix `q`, a network with `exp(f_y)` proportional to `p(y | x)`, which by
    Bayes is `p(x | y) pi_y`, has `exp(f_y) q_y / pi_y` proportional to the probability
    of `y` in that mix, if images of a class look the same in both. At tau 1 the result
    is for `q`, at tau 0 for `pi`, and in between for `pi^(1 - tau) q^tau`, normalised.
    Where `q` is `pi` nothing is to be done, at any tau.

    For networks trained with the plain softmax cross-entropy: one trained with the
    logit-adjusted loss has made the adjustment to the uniform mix already. Its logits
    can be moved on to another by giving, for `class_counts`, the prior that they are
    for; see `methods.Method.prior`.

    Args:
        logits: `[..., L]`, floating: an array of NumPy or JAX, or a tensor of
            TensorFlow or PyTorch.
        class_counts: `[L]`, the number of training images of each class, in the order
            of the labels; a pandas series is read by its index.
        tau: the strength; 0 changes nothing.
        target_prior: `[L]`, the share of each class among the images to predict, with
            sum 1; a class with a share of 0 is never predicted: its logit is minus
            infinity. None for the uniform mix, which moves all logits alike and is
            left out.

    Returns:
        The adjusted logits, of the type, shape and dtype of `logits`.

    Raises:
        InputError: there is not one logit a class, a class has no training image, the
            shares are none, the logits are not floating, or the adjustment is beyond
            their dtype.

    Example:
    >>> import numpy as np
    >>> logits = np.array([[2.0, 1.0]])
    >>> adjust_logits(logits, class_counts=[90, 10]).round(2)
    array([[2.11, 3.3 ]])
    >>> adjust_logits(logits, class_counts=[90, 10], target_prior=[0.9, 0.1]).round(2)
    array([[2., 1.]])
    """
    # tau * log(prior), and not log(prior**tau + epsilon) as is found elsewhere: that
    # saturates, and where a prior is 5 / 10,847 is 3.1 nats short at tau = 4.
    shift = scaled_log_prior(class_counts, tau)
    check_num_logits(logits, len(shift))
    if target_prior is None:
        return logits - _like(logits, shift, tau)
    target = class_shares(target_prior, len(shift), "target_prior")
    never = (target == 0) & (tau != 0)
    if tau < 0 and never.any():
        raise InputError(
            "Expected positive shares where tau is negative. "
            f"Received: target_prior[{int(np.argmax(never))}]=0, tau={tau}"
        )
    shift -= tau * np.log(np.where(target == 0, 1.0, target))
    shift[never] = np.inf
    return logits - _like(logits, shift, tau, in_range=~never)


def as_logits(probabilities: ArrayLike) -> np.ndarray:
    """Returns the logarithms of probabilities.

    Args:
        probabilities: `[..., L]`. In place of 0, which has no logarithm, stands the
            smallest number that float32 has to the full.

    Returns:
        `[..., L] float64`.

    Example:
    >>> as_logits([[1.0, 0.0]]).round(1).tolist()
    [[0.0, -87.3]]
    """
    smallest = np.finfo(np.float32).tiny
    return np.log(np.asarray(probabilities, np.float64).clip(min=smallest))


def normalise_weights(
    logits: Logits, weight_norm: ArrayLike, bias: ArrayLike, tau: float = 1.0
) -> Logits:
    """Returns `(f_y - b_y) / ||w_y||^tau`: weight normalisation.

    The last layer's logits are `f_y = w_y . x + b_y`, and networks give frequent
    classes longer `w_y`. The bias is dropped, as by those who proposed this: Kang et
    al., "Decoupling Representation and Classifier for Long-Tailed Recognition", ICLR
    2020, tau-normalised classifier.

    Args:
        logits: `[..., L]`, floating: an array of NumPy or JAX, or a tensor of
            TensorFlow or PyTorch.
        weight_norm: `[L]`, the Euclidean norm of each class's weights.
        bias: `[L]`, that of each class; zeros for a layer without one.
        tau: the strength; 0 only drops the bias.

    Returns:
        The logits of the normalised layer, of the type, shape and dtype of `logits`.

    Raises:
        InputError: there is not one logit, norm and bias a class, a norm is not
            positive, the logits are not floating, or a factor is beyond their dtype.

    Example:
    >>> import numpy as np
    >>> logits = np.array([[9.0, 4.0]])
    >>> normalise_weights(logits, weight_norm=[4.0, 2.0], bias=[1.0, -1.0])
    array([[2. , 2.5]])
    """
    weight_norm = np.asarray(weight_norm, dtype=np.float64)
    bias = np.asarray(bias, dtype=np.float64)
    if weight_norm.ndim != 1 or bias.shape != weight_norm.shape:
        raise InputError(
            "Expected one weight_norm and one bias a class. "
            f"Received: weight_norm.shape={weight_norm.shape}, bias.shape={bias.shape}"
        )
    check_num_logits(logits, len(weight_norm))
    positive = (weight_norm > 0) & np.isfinite(weight_norm)
    if not positive.all():
        wrong = int(np.argmin(positive))
        raise InputError(
            "Expected weights with positive norms. "
            f"Received: weight_norm[{wrong}]={weight_norm[wrong]:g}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        factor = weight_norm**-tau
    factor = _like(logits, factor, tau, positive=True)
    return (logits - _like(logits, bias, tau)) * factor


def _like(
    logits: Any,
    values: np.ndarray,
    tau: float,
    positive: bool = False,
    in_range: np.ndarray | slice = slice(None),
) -> Any:
    """Returns values, `[L] float64`, as what the logits can be calculated with.

    Raises:
        InputError: the logits are not floating, or a value of those that are to be
            `in_range` is beyond their dtype.
    """
    # PyTorch: its dtypes have no twin in NumPy, and its tensors lie on a device.
    is_torch = hasattr(logits, "new_tensor")
    # A dtype of TensorFlow is none of NumPy, but knows its twin; bfloat16, which NumPy
    # does not have either, is of kind V.
    dtype = None if is_torch else getattr(logits.dtype, "as_numpy_dtype", logits.dtype)
    if not (logits.is_floating_point() if is_torch else np.dtype(dtype).kind in "fV"):
        raise InputError(f"Expected floating logits. Received: dtype={logits.dtype}")
    with np.errstate(over="ignore"):
        like = logits.new_tensor(values) if is_torch else values.astype(dtype)
    as_numbers = np.array(like.tolist()) if is_torch else like
    check_in_range(as_numbers[in_range], tau, positive)
    return like
