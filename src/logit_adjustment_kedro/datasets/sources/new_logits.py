"""Logits of new examples, from files that somebody's own code wrote."""

import logging
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from typing_extensions import override

from ...evaluation import NewLogits
from ...runs import Part
from ..errors import DataError, known_to_kedro
from .addresses import listed, local_path
from .prediction_files import KINDS, NAME, read_logits
from .prediction_folder import PredictionFolder, find_files, read_folder
from .prior_files import COUNTS, MODELS

logger = logging.getLogger(__name__)


class NewLogitsDataset(AbstractDataset[NoReturn, NewLogits]):
    """Logits of new examples, by one of the models of a folder; read-only.

    - A file: as those in the folder, but it needs no labels, and is called as you
      like where the folder has one model; of several, as the model's own file there.
    - A folder: files called as those of the seeds of one model.

    Labels are passed over. The folder of the models is that of `PredictionsDataset`, of
    whose predictions nothing is read but the names of the files.

    ```yaml
    new_logits:
      type: logit_adjustment_kedro.datasets.NewLogitsDataset
      folder: ~/my_model
      input: ~/new.csv
    ```

    Args:
        folder: a relative path starts where the command is typed, and `~` is the home
            folder. None is refused only when it is loaded.
        input: where the new logits are; likewise.
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(
        self,
        *,
        folder: str | None,
        input: str | None,
        metadata: dict[str, Any] | None = None,
    ):
        # A folder's name may be a number, and then is one in YAML.
        self._folder, self._path = (
            None if given is None else local_path(str(given))
            for given in (folder, input)
        )
        self.metadata = metadata

    @override
    def load(self) -> NewLogits:
        """Reads the logits.

        Raises:
            DataError: no folder or no path was given; or what is there is not what is
                expected.
        """
        found, path = read_folder(self._folder), self._path
        if path is None:
            raise DataError(
                "Expected new logits: a file of them, or a folder with one a seed. "
                "Received: none. Give it as --params=folder=PATH,input=NEW"
            )
        if not path.exists():
            raise DataError(f"There is no file or folder at {path}.")
        of_one = _in_folder if path.is_dir() else _one_file
        model, files = of_one(path, found)
        names = found.class_names
        with known_to_kedro(path):
            logits = {file.name: read_logits(file, len(names)) for file in files}
            return NewLogits(names, found.class_counts, found.priors[model], logits)

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError(f"{self._path} is read-only: nothing can be saved there.")

    @override
    def _exists(self) -> bool:
        return self._path is not None and self._path.exists()

    @override
    def _describe(self) -> dict[str, Any]:
        given = {"folder": self._folder, "input": self._path}
        return {k: None if path is None else str(path) for k, path in given.items()}


def _one_file(file: Path, found: PredictionFolder) -> tuple[str, list[Path]]:
    """Returns the model whose logits a file has, and the file."""
    if file.suffix.lower() not in KINDS:
        raise DataError(
            f"{file}: expected a file that ends in {', '.join(KINDS)}, or a folder. "
            f"Received: {file.suffix or 'no ending'}"
        )
    models = [*found.priors]
    if len(models) == 1:
        return models[0], [file]
    told = NAME.fullmatch(file.stem)
    if told and told["part"] == Part.TEST:
        model = told["model"] or "model"
        if model in models:
            return model, [file]
    raise DataError(
        f"{file}: expected its name to tell whose logits it has, as there are several "
        f"models: {listed(models)}. Call it test_{models[0]}{file.suffix} and so on. "
        f"Received: {file.name}"
    )


def _in_folder(folder: Path, found: PredictionFolder) -> tuple[str, list[Path]]:
    """Returns the one model whose logits a folder has, and the files of its seeds."""
    by_seed = {
        key: parts[Part.TEST]
        for key, parts in sorted(find_files(folder, used={COUNTS, MODELS}).items())
        if Part.TEST in parts
    }
    models, files = sorted({model for model, _ in by_seed}), [*by_seed.values()]
    if len(models) > 1 or models[0] not in found.priors:
        raise DataError(
            f"{folder}: expected files test_MODEL_seed_N of one model, which is one of "
            f"{listed([*found.priors])}. Received: those of {listed(models)}. Give a "
            "folder with those of one, or a single file"
        )
    logger.info("The answers are means over %s", listed([f.name for f in files]))
    return models[0], files
