"""From a source of images to checked arrays and class counts."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
