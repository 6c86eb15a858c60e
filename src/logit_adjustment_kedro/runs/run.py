"""One training, finished: all that anything after it needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import InputError
from ..longtail.methods import LastLayer
from .setup import Setup

if TYPE_CHECKING:
    import keras

NETWORK_FILE = "network.keras"


class Part(StrEnum):
    """Images that a network is measured on.

    Attributes:
        TEST: the test set.
        VALIDATION: images set aside to choose on, which no network learns from.
        HELD_OUT: training images that this network has not seen.
    """

    TEST = "test"
    VALIDATION = "validation"
    HELD_OUT = "held_out"


class View(StrEnum):
    """How images are shown to a network.

    Attributes:
        PLAIN: as they are.
        MIRRORED: as they are and mirrored left to right; the mean of both logits.
    """

    PLAIN = "plain"
    MIRRORED = "mirrored"


@dataclass(frozen=True, eq=False)
class Run:
    """A training of a setup and a seed.

    Attributes:
        setup: what was asked.
        seed: weights, shuffling and augmentation follow from it.
        epochs: one row an epoch; columns epoch (from 1), learning_rate (of the last
            step), train_loss, train_accuracy, seconds (with its evaluation).
        accuracies: one row an epoch that was measured, and method that was read out;
            columns epoch, method, tau (NaN where there is none), view, accuracy.
        logits: of the trained network, `[N, L] float32`, by part and view.
        labels: those of the images of each part, `[N] int64`.
        last_layer: of the trained network.
        weights: how many trainable numbers the network has.
        samples_seen: training images, each as often as it was used.
        made_with: what else made it, and did not identify it: versions, device,
            threads; text by name.
        trained: the network itself; None of a run that was read from a folder.
        folder: where the run is stored; None before.
    """

    setup: Setup
    seed: int
    epochs: pd.DataFrame
    accuracies: pd.DataFrame
    logits: Mapping[tuple[Part, View], np.ndarray]
    labels: Mapping[Part, np.ndarray]
    last_layer: LastLayer
    weights: int
    samples_seen: int
    made_with: Mapping[str, str]
    trained: "keras.Model | None" = None
    folder: Path | None = None

    def network(self) -> "keras.Model":
        """Returns the network: from raw images, `[N, H, W, C]`, to logits.

        That of a stored run is read anew each time, in Keras's safe mode.

        Raises:
            ValueError: the run has neither a network nor a folder, or its file is
                missing or not what Keras may load.
        """
        if self.trained is not None:
            return self.trained
        if self.folder is None:
            raise ValueError(f"{self.name} has neither a network nor a folder.")
        from ..networks import load_network

        try:
            return load_network(self.folder / NETWORK_FILE)
        except Exception as fault:  # Keras raises errors of many kinds
            told = str(fault).splitlines()
            cause = f"{NETWORK_FILE}: {told[0] if told else type(fault).__name__}"
            raise damaged(self.folder, cause) from fault

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.setup.method}, seed {self.seed}"


def damaged(folder: Path, fault: object) -> InputError:
    """Returns the error of a stored run that cannot be read, and why."""
    return InputError(
        f"Expected a stored run in {folder}. Received: a file that is missing or "
        f"damaged ({fault}). Remove the folder, and the run is trained again when it "
        "is asked for."
    )
