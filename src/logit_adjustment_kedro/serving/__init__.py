"""Models in use: from stored runs to answers about new examples.

Free of Kedro, and of Keras until something is answered:

    from logit_adjustment_kedro import runs
    from logit_adjustment_kedro.serving import Model

    model = Model.of(runs.open("data/07_model_output/digits_lt/default/runs"))
    probabilities = model.probabilities(images)
"""

from .answers import answer
from .asked import Deployment, Prediction
from .logits import answer_logits
from .measured import Measured
from .mix import shares_of
from .model import Model

__all__ = [
    "Deployment",
    "Measured",
    "Model",
    "Prediction",
    "answer",
    "answer_logits",
    "shares_of",
]
