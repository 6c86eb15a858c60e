"""Losses with class-dependent margins, for any Keras script.

The family of Menon et al., "Long-tail learning via logit adjustment", ICLR 2021,
section 5, whose members differ by a weight `alpha_y` and a margin `Delta_yy'`:

    loss(y, f) = alpha_y * log(1 + sum over y' != y of exp(Delta_yy' + f_y' - f_y))

Here `Delta_yy' = own_y + rival_y'`, which every published member is, and which takes
memory for two vectors, where a matrix of ten thousand classes would not fit.
"""

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from .methods import LogitAdjusted, Margins


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
    own, rival, weight = (
        ops.convert_to_tensor(values, dtype=logits.dtype)
        for values in (margins.own, margins.rival, margins.weight)
    )
    is_label = ops.one_hot(labels, logits.shape[-1], dtype="bool")
    moved = ops.where(is_label, logits - own, logits + rival)
    losses = keras.losses.sparse_categorical_crossentropy(
        labels, moved, from_logits=True
    )
    return ops.take(weight, labels) * losses


class MarginCrossentropy(keras.losses.Loss):
    """The loss of one member of the family, given its margins.

    Not registered for saving: the subclasses with a name and a formula are.

    Args:
        margins: vectors of length `L`; the registry in `methods` makes them.
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


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class LogitAdjustedCrossentropy(MarginCrossentropy):
    """The logit-adjusted softmax cross-entropy.

    `loss(y, f) = -log softmax_y(f + tau * log(pi))`: the margin
    `Delta_yy' = tau * log(pi_y' / pi_y)` makes a rare label's logit win by more. The
    network's own logits are then Fisher consistent for the balanced error at `tau = 1`,
    so predict with them as they are: adjusting them again counts the prior twice.
    Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 10;
    at `tau = 1` also the balanced softmax of Ren et al., NeurIPS 2020.

    Args:
        class_counts: `[L]`, the number of training images of each class, in the order
            of the labels. Only their proportions matter.
        tau: the strength; 0 is the plain softmax cross-entropy.
        reduction: as in every Keras loss.
        name: the name of the loss.
        dtype: the dtype of the loss's computations.

    Raises:
        ValueError: a class has no training image, or `tau` is not finite.

    Example:
    >>> import numpy as np
    >>> loss = LogitAdjustedCrossentropy(class_counts=[90, 10])
    >>> round(float(loss(np.array([1]), np.array([[0.0, 0.0]]))), 4)
    2.3026
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        tau: float = 1.0,
        reduction="sum_over_batch_size",
        name="logit_adjusted_crossentropy",
        dtype=None,
    ):
        """See class."""
        self.class_counts = np.asarray(class_counts)
        self.tau = float(tau)
        margins = LogitAdjusted.model_validate({"tau": self.tau}).margins(
            self.class_counts
        )
        super().__init__(margins, reduction=reduction, name=name, dtype=dtype)

    def get_config(self):
        """Returns the arguments, as JSON can hold them."""
        config = super().get_config()
        config.update(class_counts=self.class_counts.tolist(), tau=self.tau)
        return config
