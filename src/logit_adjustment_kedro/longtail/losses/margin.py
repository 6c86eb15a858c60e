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
from keras import ops
from typing_extensions import override

from ..margins import Margins


def margin_crossentropy(y_true, y_pred, margins: Margins):
    """Returns the loss of each example.

    The margins move the logits, the label's down by `own` and the others up by
    `rival`. What follows is the softmax cross-entropy in its log-sum-exp form, in which
    neither large logits nor the prior of a rare class overflow.

    Args:
        y_true: `[N]` or `[N, 1]`, integer labels in `[0, L)`.
        y_pred: `[N, L]`, floating logits.
        margins: what tells this loss from others.

    Returns:
        `[N]`, of the dtype of `y_pred`.

    Example:
    >>> import numpy as np
    >>> margins = Margins.of(2, weight=[1.0, 10.0])
    >>> losses = margin_crossentropy(np.array([0, 1]), np.zeros((2, 2)), margins)
    >>> [round(float(value), 4) for value in losses]
    [0.6931, 6.9315]
    """
    logits = ops.convert_to_tensor(y_pred)
    labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
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
    return ops.take(weight, labels) * losses


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

    @override
    def call(self, y_true, y_pred):
        num_classes = len(self.margins.rival)
        if y_pred.shape[-1] != num_classes:
            raise ValueError(
                f"Expected logits of {num_classes} classes, as in class_counts. "
                f"Received: y_pred.shape={tuple(y_pred.shape)}"
            )
        return margin_crossentropy(y_true, y_pred, self.margins)
