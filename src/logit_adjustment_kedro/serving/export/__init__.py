"""Stored runs as one model that needs nothing of this project.

    model = deployable(runs, method)  # from raw pixels to probabilities
    write(model, folder / "model", "onnx", about(runs, method), images, expected)

Nothing here imports Keras until it is called for.
"""

from typing import TYPE_CHECKING, Any

from .about import about
from .card import card
from .formats import FORMATS, Format
from .written import TOLERANCES, Written, write

if TYPE_CHECKING:
    from .model import deployable

__all__ = [
    "FORMATS",
    "TOLERANCES",
    "Format",
    "Written",
    "about",
    "card",
    "deployable",
    "write",
]


def __getattr__(name: str) -> Any:
    if name == "deployable":
        from .model import deployable

        return deployable
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
