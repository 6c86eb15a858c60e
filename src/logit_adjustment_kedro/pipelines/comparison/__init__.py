"""All methods beside each other, in one report."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
