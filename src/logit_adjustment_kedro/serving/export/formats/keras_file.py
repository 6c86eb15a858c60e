"""One file of Keras's."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from .base import Answer, Format, put_inside

if TYPE_CHECKING:
    import keras


class KerasFile(Format):
    """A `.keras` file, of Keras's own layers; `about.json` lies inside."""

    name: ClassVar[str] = "keras"
    title: ClassVar[str] = "Keras"
    library: ClassVar[str] = "keras"
    suffix: ClassVar[str] = ".keras"
    needs: ClassVar[tuple[str, ...]] = ("keras",)
    loading: ClassVar[str] = """\
import keras, numpy
model = keras.saving.load_model("{file}")
{input} = numpy.zeros({shape}, "{dtype}")
probabilities = model.predict({input})"""

    @override
    def write(self, model: "keras.Model", path: Path, about: str) -> None:
        model.save(path)
        put_inside(path, about)

    @override
    def open(self, path: Path) -> Answer:
        import keras

        return keras.saving.load_model(path, compile=False).predict_on_batch
