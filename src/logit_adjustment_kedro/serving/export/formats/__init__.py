"""The formats that a model is exported in: one class and one row each."""

from .base import ABOUT_FILE, Answer, Format
from .keras_file import KerasFile
from .litert import LiteRT
from .onnx_file import OnnxFile
from .saved_model import SavedModel

__all__ = ["ABOUT_FILE", "FORMATS", "Answer", "Format"]

FORMATS: dict[str, Format] = {
    one.name: one for one in (KerasFile(), SavedModel(), OnnxFile(), LiteRT())
}
