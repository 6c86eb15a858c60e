"""From checked images to trained models, histories and predictions."""

from .pipeline import create_held_out_pipeline, create_pipeline

__all__ = ["create_held_out_pipeline", "create_pipeline"]
