"""The state of a training after its last finished epoch, on disk."""

import logging
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import keras
import numpy as np
import pandas as pd

from ..errors import InputError
from ..files import replacing
from .diary import Diary

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpoint:
    """A file that holds a training after its last finished epoch.

    Attributes:
        file: where it lies; None keeps nothing, and begins anew each time.
        owner: the training that it belongs to: what identifies it, and its seed.
        state: the variables of the network and of its optimiser, in a fixed order.
    """

    file: Path | None
    owner: str
    state: list[keras.Variable]

    def save(self, diary: Diary) -> None:
        """Writes the state; killed in the midst of it, the one before stays intact."""
        if self.file is None:
            return
        to_numpy = keras.ops.convert_to_numpy
        arrays = {f"state_{i}": to_numpy(v) for i, v in enumerate(self.state)}
        arrays["owner"] = np.array(self.owner)
        arrays |= _columns("epochs", diary.epochs_table())
        arrays |= _columns("accuracies", diary.accuracies_table())
        with replacing(self.file) as temporary:
            np.savez(temporary, allow_pickle=False, **arrays)

    def restore(self) -> Diary:
        """Puts what the file holds into the variables.

        A file that cannot be read is set aside, under a name that says so.

        Returns:
            What the training had to show; nothing where there is no checkpoint.

        Raises:
            InputError: the checkpoint is that of another training or network.
        """
        if self.file is None or not self.file.exists():
            return Diary()
        try:
            with np.load(self.file, allow_pickle=False) as file:
                arrays = dict(file)
            owner = str(arrays["owner"])
            diary = Diary.of(_table("epochs", arrays), _table("accuracies", arrays))
        except (OSError, ValueError, EOFError, KeyError, BadZipFile) as fault:
            aside = self.file.with_name(f"{self.file.name}.damaged")
            self.file.replace(aside)
            logger.warning(
                "%s is a damaged checkpoint (%s). It is set aside as %s, and the "
                "training starts anew.",
                self.file,
                fault,
                aside.name,
            )
            return Diary()
        if owner != self.owner:
            raise InputError(
                f"Expected the checkpoint of {self.owner} in {self.file}. Received: "
                f"that of {owner}. Each training needs a file of its own."
            )
        self._assign([arrays[k] for k in arrays if k.startswith("state_")])
        return diary

    def _assign(self, values: list[np.ndarray]) -> None:
        shapes = [value.shape for value in values]
        if shapes != [tuple(variable.shape) for variable in self.state]:
            raise InputError(
                f"Expected the weights of this network in {self.file}. Received: those "
                "of another, as of an earlier version of the code. Remove the file to "
                "train anew."
            )
        for variable, value in zip(self.state, values, strict=True):
            variable.assign(value)


def training_state(
    network: keras.Model, optimizer: keras.optimizers.Optimizer
) -> list[keras.Variable]:
    """Returns the weights and what the optimiser remembers, in a fixed order."""
    optimizer.build(network.trainable_variables)
    return [*network.weights, *optimizer.variables]


def _columns(name: str, table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Returns the columns of a table as arrays; texts as NumPy's, not as objects."""
    return {
        f"{name}_{column}": table[column].to_numpy(
            dtype=None if pd.api.types.is_numeric_dtype(table[column]) else str
        )
        for column in table
    }


def _table(name: str, arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    prefix = f"{name}_"
    names = [name for name in arrays if name.startswith(prefix)]
    if not names:
        raise KeyError(f"no columns {prefix}*")
    return pd.DataFrame({name.removeprefix(prefix): arrays[name] for name in names})
