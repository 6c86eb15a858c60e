"""Two Gaussians, whose right answer is known: every method against the Bayes error."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
