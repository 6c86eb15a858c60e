"""From stored runs to answers about new examples, or to a model that gives them."""

from .pipeline import (
    create_export_pipeline,
    create_logits_pipeline,
    create_pipeline,
)

__all__ = ["create_export_pipeline", "create_logits_pipeline", "create_pipeline"]
