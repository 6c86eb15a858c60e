"""From stored runs to readings, and from readings to tables and a page.

Free of Kedro, Keras and TensorFlow.
"""

from .model import Model
from .new_logits import NewLogits
from .parameters import Comparison, Reporting
from .predictions import Predictions
from .read import read, read_predictions
from .readings import Choice, Readings

__all__ = [
    "Choice",
    "Comparison",
    "Model",
    "NewLogits",
    "Predictions",
    "Readings",
    "Reporting",
    "read",
    "read_predictions",
]
