"""The members of the family that have a name.

Each is the loss of a method of the registry, which is where its formula stands. All
take `class_counts`, `[L]`, the number of training images of each class in the order of
the labels; and `name`, `reduction` and `dtype`, as every Keras loss does. All raise
`ValueError` where a class has no training image, or a parameter is not what it may be.
"""

import keras
import numpy as np
from numpy.typing import ArrayLike

from .. import methods
from ..method import TrainedMethod
from .margin import MarginCrossentropy

_registered = keras.saving.register_keras_serializable("logit_adjustment_kedro")


class NamedCrossentropy(MarginCrossentropy):
    """The loss of a method, given the class counts."""

    def __init__(self, class_counts: ArrayLike, method: TrainedMethod, **arguments):
        """Takes the method with its parameters; `arguments` are Keras's."""
        self.class_counts = np.asarray(class_counts)
        self.method = method
        super().__init__(method.margins(self.class_counts), **arguments)

    def get_config(self):
        """Returns the arguments, as JSON can hold them."""
        config = super().get_config()
        config.update(self.method.model_dump(), class_counts=self.class_counts.tolist())
        return config


@_registered
class BalancedCrossentropy(NamedCrossentropy):
    """The cross-entropy weighted by `1 / (L * pi_y)`."""

    def __init__(
        self,
        class_counts: ArrayLike,
        name="balanced_crossentropy",
        **kwargs,
    ):
        """See class."""
        super().__init__(class_counts, methods.Balanced(), name=name, **kwargs)


@_registered
class ClassBalancedCrossentropy(NamedCrossentropy):
    """The cross-entropy weighted by the inverse effective number of samples.

    `(1 - beta) / (1 - beta^n_y)`, with sum `L`. Cui et al., CVPR 2019.

    Args:
        beta: in `[0, 1]`.
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        beta: float = methods.DEFERRED_BETA,
        name="class_balanced_crossentropy",
        **kwargs,
    ):
        """See class."""
        method = methods.ClassBalanced.model_validate({"beta": beta})
        super().__init__(class_counts, method, name=name, **kwargs)


@_registered
class AdaptiveCrossentropy(NamedCrossentropy):
    """The margin `Delta_yy' = pi_y^(-1/4)`.

    After Cao et al., NeurIPS 2019, in the form of Menon et al., ICLR 2021. Deferred
    re-weighting changes with the epochs, so a loss alone cannot do it.
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        name="adaptive_crossentropy",
        **kwargs,
    ):
        """See class."""
        super().__init__(class_counts, methods.Adaptive(), name=name, **kwargs)

    def get_config(self):
        """Returns the arguments, as JSON can hold them."""
        config = super().get_config()
        del config["deferred"]
        return config


@_registered
class EqualisedCrossentropy(NamedCrossentropy):
    """The margin `Delta_yy' = tau * log(pi_y')`.

    After Tan et al., CVPR 2020, in the form of Menon et al., ICLR 2021.

    Args:
        tau: the strength.
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        tau: float = 1.0,
        name="equalised_crossentropy",
        **kwargs,
    ):
        """See class."""
        method = methods.Equalised.model_validate({"tau": tau})
        super().__init__(class_counts, method, name=name, **kwargs)


@_registered
class LogitAdjustedCrossentropy(NamedCrossentropy):
    """The logit-adjusted softmax cross-entropy.

    `loss(y, f) = -log softmax_y(f + tau * log(pi))`: the margin
    `Delta_yy' = tau * log(pi_y' / pi_y)` makes a rare label's logit win by more. The
    network's own logits are then Fisher consistent for the balanced error at `tau = 1`,
    so predict with them as they are: adjusting them again counts the prior twice.
    Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 10;
    at `tau = 1` also the balanced softmax of Ren et al., NeurIPS 2020.

    Args:
        tau: the strength; 0 is the plain softmax cross-entropy.
        fisher_weight: whether labels weigh `pi_y^(tau - 1)`, with mean 1 over the
            training set: consistent for the balanced error at any `tau`, by theorem 1.

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
        fisher_weight: bool = False,
        name="logit_adjusted_crossentropy",
        **kwargs,
    ):
        """See class."""
        method = methods.LogitAdjusted.model_validate(
            {"tau": tau, "fisher_weight": fisher_weight}
        )
        super().__init__(class_counts, method, name=name, **kwargs)


@_registered
class LogitAdjustedAdaptiveCrossentropy(NamedCrossentropy):
    """The margin `Delta_yy' = log(pi_y' / pi_y) + pi_y^(-1/4)`.

    Menon et al., ICLR 2021, section 5.
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        name="logit_adjusted_adaptive_crossentropy",
        **kwargs,
    ):
        """See class."""
        super().__init__(
            class_counts, methods.LogitAdjustedAdaptive(), name=name, **kwargs
        )


@_registered
class VectorScalingCrossentropy(NamedCrossentropy):
    """The VS loss: `-log softmax_y(f / a + tau * log(pi))`.

    With `a_y = (n_max / n_y)^gamma`. Kini et al., NeurIPS 2021; `tau = 0` is the CDT
    loss of Ye et al. Predict with the logits as they are.

    Args:
        gamma: the strength of the scaling, at least 0.
        tau: the strength of the logit adjustment.
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        gamma: float = 0.15,
        tau: float = 1.0,
        name="vector_scaling_crossentropy",
        **kwargs,
    ):
        """See class."""
        method = methods.VectorScaling.model_validate({"gamma": gamma, "tau": tau})
        super().__init__(class_counts, method, name=name, **kwargs)
