"""The one loss of which all others here are members.

The family of Menon et al., "Long-tail learning via logit adjustment", ICLR 2021,
section 5, whose members differ by a weight `alpha_y` and a margin `Delta_yy'`:

    loss(y, f) = alpha_y * log(1 + sum over y' != y of exp(Delta_yy' + f_y' - f_y))

Here `Delta_yy' = own_y + rival_y'`. Every published member has this form, and two
vectors fit into memory where a matrix of ten thousand by ten thousand classes would
not. A factor on each logit makes the VS loss of Kini et al., NeurIPS 2021, a member
too.
"""

import keras
import numpy as np
from keras import ops
from typing_extensions import override

from ...errors import InputError
from ..checks import check_num_logits
from ..margins import Margins


def margin_crossentropy(y_true, y_pred, margins: Margins):
    """Returns the loss of each example.

    The margins move the logits, the label's down by `own` and the others up by
    `rival`. What follows is the softmax cross-entropy in its log-sum-exp form, in which
    neither large logits nor the prior of a rare class overflow.

    Args:
        y_true: `[N]` or `[N, 1]`, integer labels in `[0, L)`; floats will do if they
            are whole numbers.
        y_pred: `[N, L]`, floating logits.
        margins: what tells this loss from others.

    Returns:
        `[N]`, of the dtype of `y_pred`. The loss of a label that is no class is NaN
        where a compiled step cannot refuse it; TensorFlow refuses it on a CPU.

    Raises:
        InputError: the logits are not one a class, or the labels not one a row.

    Example:
    >>> import numpy as np
    >>> margins = Margins.of(2, weight=[1.0, 10.0])
    >>> losses = margin_crossentropy(np.array([0, 1]), np.zeros((2, 2)), margins)
    >>> [round(float(value), 4) for value in losses]
    [0.6931, 6.9315]
    """
    logits = ops.convert_to_tensor(y_pred)
    check_num_logits(logits, len(margins.rival), "y_pred")
    labels, is_class = _labels(y_true, logits)
    own, rival, weight, scale = (
        ops.convert_to_tensor(values, dtype=logits.dtype)
        for values in (margins.own, margins.rival, margins.weight, margins.scale)
    )
    scaled = scale * logits
    is_label = ops.one_hot(labels, logits.shape[-1], dtype="bool")
    moved = ops.where(is_label, scaled - own, scaled + rival)
    losses = keras.losses.sparse_categorical_crossentropy(
        labels, moved, from_logits=True
    )
    return ops.where(is_class, ops.take(weight, labels), float("nan")) * losses


def _labels(y_true, logits):
    """Returns labels, `[N] int32`, and which of them are those of a class, `[N] bool`.

    Raises:
        InputError: they are not one a row of logits.
    """
    given = ops.convert_to_tensor(y_true)
    # A graph of TensorFlow may not know a shape, or a part of it. What is known is
    # checked.
    known = getattr(given.shape, "rank", 0) is not None
    shape, rows = tuple(given.shape) if known else (None,), logits.shape[0]
    as_many = shape[:1] in ((rows,), (None,)) or (shape and rows is None)
    if len(logits.shape) != 2 or not as_many or shape[1:] not in ((), (1,), (None,)):
        raise InputError(
            "Expected labels [N] or [N, 1] and logits [N, L]. Received: "
            f"y_true.shape={shape}, y_pred.shape={tuple(logits.shape)}"
        )
    given = ops.reshape(given, ops.shape(logits)[:1])
    labels = ops.cast(given, "int32")
    # A fraction, or a number too large, is another one after the cast.
    is_class = ops.cast(labels, given.dtype) == given
    return labels, is_class & (labels >= 0) & (labels < logits.shape[1])


class MarginCrossentropy(keras.losses.Loss):
    """The loss of one member of the family, given its margins.

    For margins of your own. It is not registered for saving: `LongTailCrossentropy`
    is, which makes the margins from class counts, so that a saved model says what it
    was trained with.

    Args:
        margins: vectors of length `L`; the methods of the registry make them.
        reduction: how the losses of a batch become one number, as in every Keras loss.
            Defaults to `"sum_over_batch_size"`, their mean.
        name: the name of the loss.
        dtype: the dtype of the computations. Defaults to `keras.backend.floatx()`.

    Example:
    A margin of 1 that the label has to win by, whatever the class:

    >>> import numpy as np
    >>> loss = MarginCrossentropy(Margins.of(2, own=1.0))
    >>> round(float(loss(np.array([0]), np.array([[1.0, 0.0]]))), 4)
    0.6931
    """

    def __init__(
        self,
        margins: Margins,
        reduction="sum_over_batch_size",
        name="margin_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.margins = margins
        _check_range(margins, self.dtype)

    @override
    def __call__(self, y_true, y_pred, sample_weight=None):
        # Keras would cast the labels to the dtype of the loss, too, and bfloat16 has no
        # 257. So it is given the losses, to weigh and reduce.
        losses = self.call(y_true, ops.convert_to_tensor(y_pred, dtype=self.dtype))
        given = _Given(name=self.name, reduction=self.reduction, dtype=self.dtype)
        return given(losses, losses, sample_weight)

    @override
    def call(self, y_true, y_pred):
        return margin_crossentropy(y_true, y_pred, self.margins)


class _Given(keras.losses.Loss):
    """Losses that are known already."""

    @override
    def call(self, y_true, y_pred):
        return y_pred


def _check_range(margins: Margins, dtype: str) -> None:
    """Refuses margins that are not finite in the dtype of a loss."""
    # The range of bfloat16, which NumPy does not know, is that of float32 but for the
    # last per cent.
    known = "float32" if dtype == "bfloat16" else dtype
    largest = 0.99 * float(np.finfo(known).max)
    parts = {
        "margin": np.abs(margins.own).max() + np.abs(margins.rival).max(),
        "weight": np.abs(margins.weight).max(),
        "scale": np.abs(margins.scale).max(),
    }
    for name, size in parts.items():
        if not size <= largest:
            raise InputError(
                f"Expected a {name} in the range of {dtype}, as that of a moderate tau "
                f"is. Received: {size:g}"
            )
