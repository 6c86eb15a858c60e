"""A run as a folder of files that a person, or any program, can read."""

import json
from dataclasses import asdict
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from ..files import replacing
from ..longtail.methods import LastLayer
from .run import NETWORK_FILE, Part, Run, View, damaged
from .setup import FORMAT, Setup

ABOUT_FILE = "run.json"
SINGLE_NUMBERS = ("seed", "weights", "samples_seen")


def write_run(run: Run, folder: Path) -> None:
    """Writes a run, whole or not at all.

    Raises:
        ValueError: the run has no network to write.
    """
    network = run.network()
    about = {name: getattr(run, name) for name in SINGLE_NUMBERS}
    about |= {"setup": asdict(run.setup), "made_with": dict(run.made_with)}
    predictions = {f"{part}_labels": labels for part, labels in run.labels.items()}
    predictions |= {f"{part}_{view}": z for (part, view), z in run.logits.items()}
    with replacing(folder) as new:
        new.mkdir()
        (new / ABOUT_FILE).write_text(json.dumps(about, indent=1), encoding="utf-8")
        run.epochs.to_csv(new / "epochs.csv", index=False)
        run.accuracies.to_csv(new / "accuracies.csv", index=False)
        pd.DataFrame(asdict(run.last_layer)).to_csv(new / "last_layer.csv", index=False)
        np.savez(new / "predictions.npz", allow_pickle=False, **predictions)
        network.save(new / NETWORK_FILE)


def is_of_this_format(folder: Path) -> bool:
    """Tells whether a folder is of today's format, or cannot be read at all."""
    try:
        about = json.loads((folder / ABOUT_FILE).read_text(encoding="utf-8"))
        return about["setup"]["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        return True  # whoever reads it is told what is wrong


def read_setup(folder: Path) -> Setup:
    """Reads what was asked of a stored run.

    Raises:
        InputError: the folder's file of facts is missing or damaged.
    """
    return _about(folder)[0]


def read_run(folder: Path) -> Run:
    """Reads a stored run; its network is read when it is asked for.

    Raises:
        InputError: a file of the folder is missing or damaged.
    """
    setup, about = _about(folder)
    try:
        with np.load(folder / "predictions.npz", allow_pickle=False) as arrays:
            predictions = dict(arrays)
        epochs, accuracies, last_layer = (
            pd.read_csv(folder / f"{name}.csv")
            for name in ("epochs", "accuracies", "last_layer")
        )
        if len(last_layer) != len(setup.class_names):
            raise ValueError(f"last_layer.csv has {len(last_layer)} rows")
        parts = [part for part in Part if f"{part}_labels" in predictions]
        return Run(
            setup=setup,
            epochs=epochs,
            accuracies=accuracies.astype({"tau": float}),
            logits={
                (part, view): predictions[f"{part}_{view}"]
                for part in parts
                for view in View
            },
            labels={part: predictions[f"{part}_labels"] for part in parts},
            last_layer=LastLayer(
                **{column: last_layer[column].to_numpy() for column in last_layer}
            ),
            **about,
            folder=folder,
        )
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as fault:
        raise damaged(folder, fault) from fault


def _about(folder: Path) -> tuple[Setup, dict]:
    try:
        about = json.loads((folder / ABOUT_FILE).read_text(encoding="utf-8"))
        return Setup.from_json(about.pop("setup")), about
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise damaged(folder, fault) from fault
