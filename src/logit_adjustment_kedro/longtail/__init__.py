"""The science: priors, margins, losses, adjustments, metrics, the registry of methods.

Free of Kedro and of files. `losses` alone imports Keras, so it is not imported here:

    from logit_adjustment_kedro.longtail.losses import LogitAdjustedCrossentropy
"""

from .metrics import accuracy
from .posthoc import adjust_logits, normalise_weights
from .priors import class_prior, effective_class_probability
from .profiles import exponential_profile, step_profile

__all__ = [
    "accuracy",
    "adjust_logits",
    "class_prior",
    "effective_class_probability",
    "exponential_profile",
    "normalise_weights",
    "step_profile",
]
