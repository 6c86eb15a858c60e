"""What to know of images before anyone trains on them."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
