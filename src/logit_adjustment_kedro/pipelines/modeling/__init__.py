"""From checked images to trained models, histories and predictions."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
