"""A folder of TensorFlow's."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from .base import ABOUT_FILE, Answer, Format, named, quietly

if TYPE_CHECKING:
    import keras


class SavedModel(Format):
    """A SavedModel, as TensorFlow Serving takes it; see `assets.extra` in it."""

    name: ClassVar[str] = "savedmodel"
    title: ClassVar[str] = "TensorFlow SavedModel"
    library: ClassVar[str] = "tensorflow"
    suffix: ClassVar[str] = ".savedmodel"
    needs: ClassVar[tuple[str, ...]] = ("tensorflow",)
    loading: ClassVar[str] = """\
import numpy, tensorflow
model = tensorflow.saved_model.load("{file}")
{input} = numpy.zeros({shape}, "{dtype}")
probabilities = model.serve({input})["probabilities"].numpy()"""

    @override
    def write(self, model: "keras.Model", path: Path, about: str) -> None:
        with quietly():
            named(model).export(path, format="tf_saved_model", verbose=False)
        extra = path / "assets.extra"
        extra.mkdir()
        (extra / ABOUT_FILE).write_text(about, encoding="utf-8")

    @override
    def open(self, path: Path) -> Answer:
        import tensorflow as tf

        loaded = tf.saved_model.load(str(path))  # it must live as long as its function
        return lambda inputs: loaded.serve(inputs)["probabilities"].numpy()
