"""What a format is."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from zipfile import ZipFile

import numpy as np

from ....errors import InputError

if TYPE_CHECKING:
    import keras

# From images or features, `[N, ...]`, to probabilities, `[N, L] float32`.
Answer = Callable[[np.ndarray], np.ndarray]
ABOUT_FILE = "about.json"
PACKAGE = "logit_adjustment_kedro"


class Format(ABC):
    """A format of files, or of a folder, that a model is written to and read from.

    Attributes:
        name: what a person calls it.
        title: its name for people.
        library: how Hugging Face calls what reads it.
        suffix: how the names of its files end.
        needs: the modules that it takes beside Keras.
        extra: that of this package that brings them.
        loading: how to ask a file of it, in Python without this project; `{file}`
            stands for its name, `{shape}` for that of some inputs, `{input}` for what
            they are called, and `{dtype}` for theirs.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    library: ClassVar[str]
    suffix: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[str] = "train"
    loading: ClassVar[str]

    @abstractmethod
    def write(self, model: "keras.Model", path: Path, about: str) -> None:
        """Writes a model.

        Args:
            model: what `deployable` returns.
            path: where to, with the format's suffix.
            about: JSON that goes inside, where the format has a place for it.
        """

    @abstractmethod
    def open(self, path: Path) -> Answer:
        """Reads what `write` wrote, with what people will read it with."""

    def check(self) -> None:
        """Looks whether what the format takes is installed.

        Raises:
            InputError: it is not, or Keras computes with what the format is not
                written from.
        """
        missing = [name for name in self.needs if find_spec(name) is None]
        if missing:
            raise InputError(
                f"Expected {' and '.join(missing)} to be installed, for "
                f"format={self.name}. Received: none. Install it with "
                f'pip install ".[{self.extra}]"'
            )
        import keras

        if "tensorflow" in self.needs and keras.backend.backend() != "tensorflow":
            raise InputError(
                f"Expected KERAS_BACKEND=tensorflow for format={self.name}. "
                f"Received: {keras.backend.backend()}, with which format=keras goes"
            )


def named(model: "keras.Model") -> "keras.Model":
    """Returns a model whose output has a name where Keras exports it."""
    import keras

    new = keras.Model(model.input, {"probabilities": model.output}, name=model.name)
    new(model.input)  # Keras exports to ONNX only what was called
    return new


def put_inside(path: Path, about: str) -> None:
    """Adds a file to a zip archive, or appends an archive of it to any other file."""
    with ZipFile(path, "a") as archive:
        archive.writestr(ABOUT_FILE, about)


@contextmanager
def quietly():
    """Keeps the libraries' warnings of each other's age from whoever exports."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
