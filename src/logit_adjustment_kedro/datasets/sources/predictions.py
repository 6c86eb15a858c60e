"""Predictions of models that were trained elsewhere, from a folder."""

from typing import Any, NoReturn

from kedro.io import AbstractDataset
from typing_extensions import override

from ...evaluation import Model, Predictions
from ..errors import DataError, known_to_kedro
from .addresses import local_path
from .prediction_files import read_predictions
from .prediction_folder import read_folder


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
        found = read_folder(self._folder)
        names, counts = found.class_names, found.class_counts
        with known_to_kedro(self._folder):
            models = []
            for (model, seed), files in sorted(found.files.items()):
                read = {
                    part: read_predictions(f, len(names)) for part, f in files.items()
                }
                logits = {part: logits for part, (logits, _) in read.items()}
                labels = {part: labels for part, (_, labels) in read.items()}
                prior = found.priors[model]
                models.append(Model(model, seed, prior, logits, labels))
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
