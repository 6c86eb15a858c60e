"""From new examples and stored runs to answers."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
