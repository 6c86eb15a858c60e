"""From stored runs to readings, and from those to tables, charts and the report."""

from .pipeline import (
    create_comparison_pipeline,
    create_pipeline,
    create_predictions_pipeline,
)

__all__ = [
    "create_comparison_pipeline",
    "create_pipeline",
    "create_predictions_pipeline",
]
