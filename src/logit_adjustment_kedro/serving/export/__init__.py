"""Stored runs as one model that needs nothing of this project.

    Export(model, "onnx", images, data="pets", fit="crop").write(Path("exported"))

From raw pixels to probabilities: the resize, the scaling, the networks of all seeds,
the class prior, tau, the target and the softmax are inside. Nothing here imports Keras
until a model is written.
"""

from .export import CARD_FILE, Export
from .formats import ABOUT_FILE, FORMATS, Format

__all__ = ["ABOUT_FILE", "CARD_FILE", "FORMATS", "Export", "Format"]
