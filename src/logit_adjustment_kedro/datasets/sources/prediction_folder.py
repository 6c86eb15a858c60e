"""A folder of predictions: its classes, its models, and the files of each."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...runs import Part
from ..errors import DataError
from .addresses import listed, printable
from .containers import is_passed_over
from .prediction_files import KINDS, NAME
from .prior_files import COUNTS, MODELS, read_counts, read_models, read_priors

Files = dict[tuple[str, int], dict[Part, Path]]  # by model and seed, then part

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class PredictionFolder:
    """What a folder says of its predictions, before any of them is read.

    Attributes:
        class_names: `L` names, in the order of the logits.
        class_counts: `[L]`, the number of training images of each class.
        priors: the mix that the logits of each model are for, `[L]`, by its name.
        files: by model and seed, then part.
    """

    class_names: Sequence[str]
    class_counts: np.ndarray
    priors: Mapping[str, np.ndarray]
    files: Files


def read_folder(folder: Path | None) -> PredictionFolder:
    """Reads the tables beside the predictions, and finds these.

    Args:
        folder: where they are; None where none was given.

    Raises:
        DataError: no folder was given, or what is in it is not what is expected.
    """
    if folder is None:
        raise DataError(
            "Expected a folder with predictions. Give it as --params=folder=PATH, "
            "with --env=logits"
        )
    if not folder.is_dir():
        raise DataError(f"There is no folder at {folder}.")
    names, counts = read_counts(folder)
    told = read_models(folder)
    files = find_files(folder, used={COUNTS, MODELS, *told.values()})
    models = sorted({model for model, _ in files})
    priors = read_priors(folder, told, models, names, counts)
    return PredictionFolder(names, counts, priors, files)


def find_files(folder: Path, used: Collection[str]) -> Files:
    """Returns the files of each model and seed, by part.

    Files whose names tell not what they are are passed over, and named.

    Args:
        folder: where they are.
        used: the names of the files that are something else.

    Raises:
        DataError: there are none of test images, or two of the same.
    """
    found: Files = {}
    passed_over = []
    for file in sorted(folder.iterdir()):
        if file.name in used or is_passed_over(file.name):
            continue
        told = file.suffix.lower() in KINDS and NAME.fullmatch(file.stem)
        if not told:
            passed_over.append(printable(file.name))
            continue
        if not file.name.isprintable():
            raise DataError(
                f"{folder}: expected names of files that can be printed. "
                f"Received: {printable(file.name)!r}"
            )
        key = told["model"] or "model", int(told["seed"] or 0)
        parts, part = found.setdefault(key, {}), Part(told["part"])
        if part in parts:
            raise DataError(
                f"{folder}: expected one file of {part.value} images of {key[0]}, seed "
                f"{key[1]}. Received: {listed([parts[part].name, file.name])}"
            )
        parts[part] = file
    if near := [n for n in passed_over if n.lower() == MODELS or n == "model.csv"]:
        raise DataError(f"{folder}: expected {MODELS}. Received: {near[0]}")
    if passed_over:
        logger.warning(
            "Of %s, passed over: %s. Predictions are called test_MODEL or "
            "validation_MODEL.",
            folder,
            listed(passed_over),
        )
    if not any(Part.TEST in parts for parts in found.values()):
        names = [file.name for file in sorted(folder.iterdir())]
        raise DataError(
            f"{folder}: expected a file test_MODEL with one of {', '.join(KINDS)}. "
            f"Received: {listed(names)}"
        )
    return found
