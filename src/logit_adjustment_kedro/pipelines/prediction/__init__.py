"""From new examples and stored runs to answers."""

from .pipeline import create_logits_pipeline, create_pipeline

__all__ = ["create_logits_pipeline", "create_pipeline"]
