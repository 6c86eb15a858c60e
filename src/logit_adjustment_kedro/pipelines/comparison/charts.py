"""The charts of the comparison: Altair on small tables, one function a chart."""

from .class_charts import class_accuracy_chart, confusion_chart, weight_norm_chart
from .reliability_chart import reliability_chart
from .tau_chart import tau_chart
from .tau_explorer import tau_explorer
from .training_curves import training_curves

__all__ = [
    "class_accuracy_chart",
    "confusion_chart",
    "reliability_chart",
    "tau_chart",
    "tau_explorer",
    "training_curves",
    "weight_norm_chart",
]
