"""Predictions of models that were trained elsewhere, from a folder."""

import logging
from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from typing_extensions import override

from ...evaluation import Model, Predictions
from ...runs import Part
from ..errors import DataError, known_to_kedro
from .addresses import listed, local_path, printable
from .containers import is_passed_over
from .prediction_files import KINDS, NAME, read_predictions
from .prior_files import COUNTS, MODELS, read_counts, read_models, read_priors

Files = dict[tuple[str, int], dict[Part, Path]]  # by model and seed, then part

logger = logging.getLogger(__name__)


class PredictionsDataset(AbstractDataset[NoReturn, Predictions]):
    """Logits of any models for the same test images; read-only.

    The folder holds

    - `counts.csv`: the columns `class_name` and `count` (the training images), in the
      order of the logits;
    - `test_MODEL.csv`, `.parquet` or `.npz`, one a model, or `test_MODEL_seed_N`, one a
      seed of it; `test` where there is one model, called `model`. Columns `label`
      (from 0) and `logit_0`, `logit_1` and so on, or `probability_0` and so on; in
      `.npz`, `labels` and `logits` or `probabilities`;
    - perhaps `validation_MODEL` and so on, likewise, to choose tau on;
    - perhaps `models.csv`: the columns `model` and `prior` (`train`, `uniform`, or a
      CSV file with `class_name` and `share`), for models that were not trained with the
      plain cross-entropy: which mix of classes their logits are for.

    Other files are passed over, and named.

    ```yaml
    predictions:
      type: logit_adjustment_kedro.datasets.PredictionsDataset
      folder: ~/my_model
    ```

    Args:
        folder: a relative one starts where the command is typed, and `~` is the home
            folder. None is refused only when it is loaded.
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(self, *, folder: str | None, metadata: dict[str, Any] | None = None):
        # A folder's name may be a number, and then is one in YAML.
        self._folder = None if folder is None else local_path(str(folder))
        self.metadata = metadata

    @override
    def load(self) -> Predictions:
        """Reads the folder.

        Returns:
            The predictions; models in the order of their names, then seeds.

        Raises:
            DataError: no folder was given, or what is in it is not what is expected.
        """
        folder = self._folder
        if folder is None:
            raise DataError(
                "Expected a folder with predictions. Give it as --params=folder=PATH, "
                "with --env=logits"
            )
        if not folder.is_dir():
            raise DataError(f"There is no folder at {folder}.")
        names, counts = read_counts(folder)
        told = read_models(folder)
        found = _files(folder, used={COUNTS, MODELS, *told.values()})
        listed_models = sorted({model for model, _ in found})
        priors = read_priors(folder, told, listed_models, names, counts)
        with known_to_kedro(folder):
            models = []
            for (model, seed), files in sorted(found.items()):
                read = {
                    part: read_predictions(f, len(names)) for part, f in files.items()
                }
                logits = {part: logits for part, (logits, _) in read.items()}
                labels = {part: labels for part, (_, labels) in read.items()}
                models.append(Model(model, seed, priors[model], logits, labels))
            return Predictions(names, counts, models)

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError(f"{self._folder} is read-only: nothing can be saved there.")

    @override
    def _exists(self) -> bool:
        return self._folder is not None and self._folder.is_dir()

    @override
    def _describe(self) -> dict[str, Any]:
        return {"folder": None if self._folder is None else str(self._folder)}


def _files(
    folder: Path, used: Collection[str]
) -> dict[tuple[str, int], dict[Part, Path]]:
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
