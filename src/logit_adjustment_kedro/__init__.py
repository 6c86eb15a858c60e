"""Long-tail learning via logit adjustment (Menon et al., ICLR 2021)."""

__version__ = "0.1.0"
