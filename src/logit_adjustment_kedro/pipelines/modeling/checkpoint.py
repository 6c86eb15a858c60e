"""The state of a training after its last finished epoch, on disk."""

import hashlib
import json
from dataclasses import astuple, dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from ...datasets import ImageSet
from ...datasets.atomic import replacing
from ...errors import InputError
from ...longtail.margins import Margins
from .params import Training


def setup_of(recipe: Training, train_set: ImageSet, test_set: ImageSet) -> str:
    """Returns a short name for all that the trainings of all methods have in common.

    Two things are left out: one more seed leaves the trainings of the others as they
    are, and the mirrored view is read out when a training is over.
    """
    words = {
        "recipe": recipe.model_dump(exclude={"seeds", "mirrored_view"}),
        "keras": [keras.__version__, keras.backend.backend()],
    }
    digest = hashlib.sha256(json.dumps(words, sort_keys=True).encode())
    for images in (train_set, test_set):
        digest.update(np.ascontiguousarray(images.images).data)
        digest.update(np.ascontiguousarray(images.labels).data)
    return digest.hexdigest()[:16]


def fingerprint(setup: str, margins: Margins, deferred_weight: np.ndarray) -> str:
    """Returns a short name for all that the weights of a training follow from."""
    digest = hashlib.sha256(setup.encode())
    for array in (*astuple(margins), deferred_weight):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Results:
    """What a training has to show after an epoch.

    Attributes:
        history: a row a finished epoch.
        logits: `[N, L] float32`, those of the test set when it was last measured.
        read_outs: which post-hoc methods the history tells of, and their parameters.
    """

    history: pd.DataFrame
    logits: np.ndarray
    read_outs: str


def training_state(
    network: keras.Model, optimizer: keras.optimizers.Optimizer
) -> list[keras.Variable]:
    """Returns the weights and what the optimiser remembers, in a fixed order."""
    optimizer.build(network.trainable_variables)
    return [*network.weights, *optimizer.variables]


def save(file: Path, state: list[keras.Variable], results: Results) -> None:
    """Writes a checkpoint; killed in the midst of it, the one before stays intact."""
    to_numpy = keras.ops.convert_to_numpy
    arrays = {f"state_{i}": to_numpy(v) for i, v in enumerate(state)}
    columns = {f"history_{c}": results.history[c] for c in results.history}
    with replacing(file) as temporary:
        np.savez(
            temporary,
            logits=results.logits,
            read_outs=results.read_outs,
            **arrays,
            **columns,
        )


def restore(file: Path, state: list[keras.Variable]) -> Results | None:
    """Puts a checkpoint into the variables of the same training.

    Returns:
        What the training had to show, or None where there is no checkpoint.

    Raises:
        InputError: the checkpoint is that of another network.
    """
    if not file.exists():
        return None
    with np.load(file) as arrays:
        values = [arrays[key] for key in arrays if key.startswith("state_")]
        shapes = [value.shape for value in values]
        if shapes != [tuple(variable.shape) for variable in state]:
            raise InputError(
                f"Expected the weights of this network in {file}. Received: those of "
                "another, as of an earlier version of the code. Remove the file to "
                "train anew."
            )
        for variable, value in zip(state, values, strict=True):
            variable.assign(value)
        columns = [key for key in arrays if key.startswith("history_")]
        history = {key.removeprefix("history_"): arrays[key] for key in columns}
        return Results(
            pd.DataFrame(history), arrays["logits"], str(arrays["read_outs"])
        )
