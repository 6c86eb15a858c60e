"""The one loss of which all others here are members.

The family of Menon et al., "Long-tail learning via logit adjustment", ICLR 2021,
section 5, whose members differ by a weight `alpha_y` and a margin `Delta_yy'`:

    loss(y, f) = alpha_y * log(1 + sum over y' != y of exp(Delta_yy' + f_y' - f_y))

Here `Delta_yy' = own_y + rival_y'`, which every published member is, and which takes
memory for two vectors, where a matrix of ten thousand classes would not fit. A factor
on each logit makes the VS loss of Kini et al., NeurIPS 2021, a member too.
"""

import keras
from keras import ops

from ..margins import Margins


def margin_crossentropy(y_true, y_pred, margins: Margins):
    """Returns the loss of each example.

    The margins move the logits, the label's down by `own` and the others up by
    `rival`; what follows is the softmax cross-entropy in its log-sum-exp form, so no
    logit and no prior overflows.

    Args:
        y_true: `[N]` or `[N, 1]`, integer labels in `[0, L)`.
        y_pred: `[N, L]`, floating logits.
        margins: what tells this loss from others.

    Returns:
        `[N]`, of the dtype of `y_pred`.
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

    Not registered for saving: the subclasses with a name and a formula are.

    Args:
        margins: vectors of length `L`; the methods of the registry make them.
        reduction: as in every Keras loss.
        name: the name of the loss.
        dtype: the dtype of the loss's computations.
    """

    def __init__(
        self,
        margins: Margins,
        reduction="sum_over_batch_size",
        name="margin_crossentropy",
        dtype=None,
    ):
        """See class."""
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.margins = margins

    def call(self, y_true, y_pred):
        """Returns the loss of each example, `[N]`; see `margin_crossentropy`.

        Raises:
            ValueError: there are not as many logits as classes.
        """
        num_classes = len(self.margins.rival)
        if y_pred.shape[-1] != num_classes:
            raise ValueError(
                f"Expected logits of {num_classes} classes, as in class_counts. "
                f"Received: y_pred.shape={tuple(y_pred.shape)}"
            )
        return margin_crossentropy(y_true, y_pred, self.margins)
