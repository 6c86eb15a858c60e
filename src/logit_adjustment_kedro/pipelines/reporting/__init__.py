"""From stored predictions and histories to Table 1, Figure 1 and their kin."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
