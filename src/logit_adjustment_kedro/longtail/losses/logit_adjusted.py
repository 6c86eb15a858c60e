"""The loss of the paper."""

from typing import Any

import keras
from numpy.typing import ArrayLike
from typing_extensions import override

from ..checks import in_label_order
from ..methods import LogitAdjusted
from .margin import MarginCrossentropy


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class LogitAdjustedCrossentropy(MarginCrossentropy):
    """Computes the logit-adjusted softmax cross-entropy of labels and logits.

    Use this loss where some classes have far fewer training images than others, and all
    classes count alike once the model is used. It is the softmax cross-entropy after
    the log of the class prior `pi` has been added to the logits `f`:

    ```
    loss(y, f) = -log(softmax(f + tau * log(pi))[y])
    ```

    Put otherwise, the logit of label `y` has to beat that of class `y'` by a margin of
    `tau * log(pi_y' / pi_y)`, which is larger the rarer the label is. At `tau = 1`, a
    network that minimises the loss predicts with the smallest balanced error, the mean
    of the classes' errors. Predict with its logits as they are: `adjust_logits` on top
    would count the prior twice.

    References:
    - Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 10.
    - Ren et al., "Balanced Meta-Softmax for Long-Tailed Visual Recognition", NeurIPS
      2020: the balanced softmax is this loss at `tau = 1`.

    Args:
        class_counts: `[L]`, the number of training images of each class, all at least
            1, in the order of the labels; a pandas series is read by its index.
        tau: the strength of the adjustment, any finite number; 0 is the plain softmax
            cross-entropy. Defaults to 1.
        fisher_weight: whether the loss of a label is weighted by `pi_y^(tau - 1)`,
            scaled to mean 1 over the training set. Such a loss is consistent for the
            balanced error at any `tau` (theorem 1 of Menon et al.). Defaults to
            `False`.
        name: the name of the loss.
        reduction: how the losses of a batch become one number, as in every Keras loss.
            Defaults to `"sum_over_batch_size"`, their mean.
        dtype: the dtype of the computations. Defaults to `keras.backend.floatx()`.

    Raises:
        ValueError: a class has no training image, or an argument is out of its range.

    Examples:
    With equal logits, what is left is `-log(pi_y)`: a rare label costs more.

    >>> import numpy as np
    >>> loss = LogitAdjustedCrossentropy(class_counts=[90, 10])
    >>> labels, logits = np.array([0, 1]), np.array([[0.0, 0.0], [0.0, 0.0]])
    >>> round(float(loss(labels, logits)), 4)
    1.204
    >>> loss = LogitAdjustedCrossentropy(class_counts=[90, 10], reduction=None)
    >>> [round(float(value), 4) for value in loss(labels, logits)]
    [0.1054, 2.3026]

    A label that leads by the margin, here `log(90 / 10) = 2.1972`, costs `log(2)`:

    >>> round(float(loss(np.array([1]), np.array([[0.0, 2.1972]]))[0]), 4)
    0.6932

    With the `compile()` API:

    ```python
    class_counts = np.bincount(train_labels)
    model.compile("sgd", loss=LogitAdjustedCrossentropy(class_counts))
    ```
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        tau: float = 1.0,
        fisher_weight: bool = False,
        name: str = "logit_adjusted_crossentropy",
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ):
        self.class_counts = in_label_order(class_counts)
        self.method = LogitAdjusted.model_validate(
            {"tau": tau, "fisher_weight": fisher_weight}
        )
        margins = self.method.margins(self.class_counts)
        super().__init__(margins, name=name, reduction=reduction, dtype=dtype)

    @override
    def get_config(self) -> dict[str, Any]:
        return {
            "class_counts": self.class_counts.tolist(),
            "tau": self.method.tau,
            "fisher_weight": self.method.fisher_weight,
            "dtype": self.dtype,
            **super().get_config(),
        }
