"""The losses of all methods, by the method's name."""

from typing import Any

import keras
from numpy.typing import ArrayLike
from typing_extensions import override

from ..checks import in_label_order
from ..methods import TRAINED, TrainedMethod
from .margin import MarginCrossentropy


@keras.saving.register_keras_serializable("logit_adjustment_kedro")
class LongTailCrossentropy(MarginCrossentropy):
    """Computes the loss of a method for long-tailed classes.

    All are members of one family, the softmax cross-entropy of logits `f` with a weight
    `alpha_y` of the label and a margin `Delta_yy'` by which the label's logit has to
    beat that of class `y'`:

    ```
    loss(y, f) = alpha_y * log(1 + sum over y' != y of exp(Delta_yy' + f_y' - f_y))
    ```

    Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, section 5. What
    a method makes of class counts, and whose idea it is, is told by its class in
    `longtail.methods`. Predict with the logits as they are: to those of every method
    but `"erm"`, `adjust_logits` would be one adjustment too many.

    Args:
        method: the name of a trained method: `"erm"`, `"balanced"`,
            `"class_balanced"`, `"adaptive"`, `"ldam"`, `"equalised"`,
            `"logit_adjusted"`, `"logit_adjusted_adaptive"`, `"vs"`, or another in
            `longtail.methods`. The margins of `"ldam"` are for logits that are `scale`
            times a cosine, as those of the head `cosine`.
        class_counts: `[L]`, the number of training images of each class, all at least
            1, in the order of the labels; a pandas series is read by its index.
        name: the name of the loss. Defaults to that of the method, followed by
            `_crossentropy`.
        reduction: how the losses of a batch become one number, as in every Keras loss.
            Defaults to `"sum_over_batch_size"`, their mean.
        dtype: the dtype of the computations. Defaults to `keras.backend.floatx()`.
        **parameters: those of the method, such as `tau`; their ranges and defaults are
            told by its class, too.

    Raises:
        ValueError: there is no such method or parameter, a parameter is out of its
            range, a class has no training image where the loss needs its share, or a
            loss alone cannot do what the method does: change its weights in late
            epochs (`deferred`), or train a last layer anew (`"crt"`).

    Examples:
    >>> import numpy as np
    >>> labels, logits = np.array([0, 1]), np.array([[0.0, 0.0], [0.0, 0.0]])
    >>> loss = LongTailCrossentropy("balanced", [90, 10], reduction=None)
    >>> [round(float(value), 4) for value in loss(labels, logits)]
    [0.3851, 3.4657]

    The VS loss divides the logit of a class by `(n_max / n_y)^gamma` while training,
    here that of the second by 3, and adds the log of the prior unless `tau` is 0:

    >>> loss = LongTailCrossentropy("vs", [90, 10], gamma=0.5, tau=0.0)
    >>> round(float(loss(np.array([0]), np.array([[1.0, 3.0]]))), 4)
    0.6931

    With the `compile()` API:

    ```python
    class_counts = np.bincount(train_labels)
    model.compile("sgd", loss=LongTailCrossentropy("equalised", class_counts, tau=0.5))
    ```
    """

    def __init__(
        self,
        method: str,
        class_counts: ArrayLike,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
        **parameters: Any,
    ):
        self.class_counts = in_label_order(class_counts)
        self.method = _method_of(method, parameters)
        margins = self.method.margins(self.class_counts)
        if (self.method.deferred_weight(self.class_counts) != 1).any():
            raise ValueError(
                "Expected a method whose weights are the same in all epochs, since a "
                f"loss does not know the epoch. Received: {method} with {parameters}"
            )
        name = name or f"{method}_crossentropy"
        super().__init__(margins, name=name, reduction=reduction, dtype=dtype)

    @classmethod
    @override
    def from_config(cls, config: dict[str, Any]) -> "LongTailCrossentropy":
        if config["method"] == "class_balanced":  # before there was a choice
            config = {"mean_over": "classes"} | config
        return cls(**config)

    @override
    def get_config(self) -> dict[str, Any]:
        return {
            "method": self.method.name,
            "class_counts": self.class_counts.tolist(),
            **self.method.model_dump(),
            "dtype": self.dtype,
            **super().get_config(),
        }


def _method_of(name: str, parameters: dict[str, Any]) -> TrainedMethod:
    losses = [name for name, method in TRAINED.items() if method.starts_from is None]
    if name not in losses:
        raise ValueError(
            f"Expected the name of a method that trains with a loss, one of {losses}. "
            f"Received: method={name!r}"
        )
    return TRAINED[name].model_validate(parameters)
