"""One file for phones and small computers."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from .base import Answer, Format, named, put_inside, quietly

if TYPE_CHECKING:
    import keras


class LiteRT(Format):
    """A LiteRT file, formerly TensorFlow Lite; `about.json` is a zip at its end."""

    name: ClassVar[str] = "litert"
    title: ClassVar[str] = "LiteRT"
    library: ClassVar[str] = "tflite"
    suffix: ClassVar[str] = ".tflite"
    needs: ClassVar[tuple[str, ...]] = ("tensorflow", "ai_edge_litert")
    extra: ClassVar[str] = "litert"
    loading: ClassVar[str] = """\
import ai_edge_litert.interpreter, numpy
model = ai_edge_litert.interpreter.Interpreter("{file}")
{input} = numpy.zeros({shape}, "{dtype}")
model.resize_tensor_input(model.get_input_details()[0]["index"], {input}.shape)
probabilities = model.get_signature_runner()({input}={input})["probabilities"]"""

    @override
    def write(self, model: "keras.Model", path: Path, about: str) -> None:
        with quietly():
            named(model).export(path, format="litert", verbose=False)
        put_inside(path, about)

    @override
    def open(self, path: Path) -> Answer:
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(str(path))

        def answer(inputs: np.ndarray) -> np.ndarray:
            (entry,) = interpreter.get_input_details()
            interpreter.resize_tensor_input(entry["index"], inputs.shape)
            run = interpreter.get_signature_runner()
            (name,) = run.get_input_details()
            return run(**{name: inputs})["probabilities"]

        return answer
