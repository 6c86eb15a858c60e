"""One file that many runtimes read."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from .base import PACKAGE, Answer, Format, named, quietly

if TYPE_CHECKING:
    import keras

OPSET = 17  # of 2022: tf2onnx writes up to 18, and older runtimes read it


class OnnxFile(Format):
    """An ONNX file; what is known of it stands in its `metadata_props`."""

    name: ClassVar[str] = "onnx"
    title: ClassVar[str] = "ONNX"
    library: ClassVar[str] = "onnx"
    suffix: ClassVar[str] = ".onnx"
    needs: ClassVar[tuple[str, ...]] = ("tensorflow", "tf2onnx", "onnx", "onnxruntime")
    extra: ClassVar[str] = "onnx"
    loading: ClassVar[str] = """\
import numpy, onnxruntime
model = onnxruntime.InferenceSession("{file}")
{input} = numpy.zeros({shape}, "{dtype}")
(probabilities,) = model.run(["probabilities"], {{"{input}": {input}}})"""

    @override
    def write(self, model: "keras.Model", path: Path, about: str) -> None:
        import onnx

        logging.getLogger("tf2onnx").setLevel(logging.ERROR)
        with quietly():
            named(model).export(
                str(path), format="onnx", verbose=False, opset_version=OPSET
            )
        written = onnx.load(path)
        onnx.helper.set_model_props(written, {PACKAGE: about})
        for value in (*written.graph.input, *written.graph.output):
            sizes = value.type.tensor_type.shape.dim
            for size, name in zip(sizes, ("N", "height", "width"), strict=False):
                if size.dim_param:  # tf2onnx numbers what is not known
                    size.dim_param = name
        onnx.save(written, path)

    @override
    def open(self, path: Path) -> Answer:
        import onnxruntime

        session = onnxruntime.InferenceSession(path)
        (entry,) = session.get_inputs()
        return lambda inputs: session.run(["probabilities"], {entry.name: inputs})[0]
