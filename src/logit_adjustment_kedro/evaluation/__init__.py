"""From stored runs to readings, and from readings to tables and a page.

Free of Kedro, Keras and TensorFlow.
"""

from .parameters import Comparison, Reporting
from .read import read
from .readings import Choice, Readings

__all__ = ["Choice", "Comparison", "Readings", "Reporting", "read"]
