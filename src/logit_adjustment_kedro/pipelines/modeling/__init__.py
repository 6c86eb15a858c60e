"""From checked images to stored runs."""

from .pipeline import create_held_out_pipeline, create_pipeline

__all__ = ["create_held_out_pipeline", "create_pipeline"]
