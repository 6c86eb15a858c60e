"""Labelled features from a folder of arrays or tables."""

import logging
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from typing_extensions import override

from ...images import FeatureSet
from ...parameters import Parameters
from ..errors import DataError, known_to_kedro
from .addresses import listed, local_path
from .arguments import checked
from .containers import is_passed_over, reading
from .feature_files import KINDS, read_class_names, read_features
from .picture_parts import PARTS, Part

logger = logging.getLogger(__name__)


class Asked(Parameters):
    """What is asked of features; see `FeaturesDataset`."""

    part: Part


class FeaturesDataset(AbstractDataset[NoReturn, FeatureSet | None]):
    """One part of a folder of features, such as a frozen network's; read-only.

    The folder holds `train` and `test`, and perhaps `validation` (or `val`, `valid`;
    also `training` and `testing`), each an `.npz` or a `.parquet` file:

    - in `.npz`, `features`, `[N, D]` floating numbers, and `labels`, `[N]` integers
      from 0; perhaps `class_names`, `[L]` texts. Nothing is ever unpickled;
    - in Parquet, the columns `label`, `feature_0`, `feature_1` and so on.

    Where a file has no `class_names`, the classes are those of the training part: its
    `class_names`, or the numbers from 0 to its largest label. Other files are passed
    over, and named.

    ```yaml
    train_source:
      type: logit_adjustment_kedro.datasets.FeaturesDataset
      folder: ~/my_features
      part: train
    ```

    Args:
        folder: a relative one starts where the command is typed, not at the project,
            and `~` is the home folder. None is refused only when it is loaded.
        part: `train`, `test` or `validation`.
        metadata: anything; used by Kedro plugins, not by this class.

    Raises:
        DataError: an argument is none of these.
    """

    def __init__(
        self,
        *,
        folder: str | None,
        part: Part,
        metadata: dict[str, Any] | None = None,
    ):
        # A folder's name may be a number, and then is one in YAML.
        self._folder = None if folder is None else local_path(str(folder))
        self._part = checked(Asked, {"part": part}).part
        self.metadata = metadata

    @override
    def load(self) -> FeatureSet | None:
        """Reads the part.

        Returns:
            The features in the order of the file, which `origin` names; None of a
            validation part that is not there.

        Raises:
            DataError: no folder was given, or what is in it is not what is expected.
        """
        if self._folder is None:
            raise DataError(
                "Expected a folder of features. Received: none. Give it as "
                "--params=folder=PATH"
            )
        if not self._folder.is_dir():
            raise DataError(f"There is no folder at {self._folder}.")
        files = self._files()
        if self._part not in files:
            return None
        features, labels, names = read_features(files[self._part])
        if names is None:
            names = read_class_names(files["train"])
        with known_to_kedro():  # it names the origin
            return FeatureSet.of(features, labels, names, str(files[self._part]))

    def _files(self) -> dict[Part, Path]:
        """Returns the file of each part; only that of validation may be missing."""
        with reading(self._folder):
            names = sorted(file.name for file in self._folder.iterdir())
        found: dict[Part, Path] = {}
        passed_over = []
        for name in names:
            file = self._folder / name
            part = PARTS.get(file.stem.lower())
            if is_passed_over(name):
                continue
            if part is None or file.suffix.lower() not in KINDS:
                passed_over.append(name)
            elif part in found:
                raise DataError(
                    f"{self._folder}: expected one file to {part}. "
                    f"Received: {listed([found[part].name, name])}"
                )
            else:
                found[part] = file
        if not {"train", "test"} <= {*found}:
            raise DataError(
                f"{self._folder}: expected files train and test, each one of "
                f"{', '.join(KINDS)}. Received: {listed(names) or 'none'}"
            )
        if passed_over and self._part == "train":
            logger.info("%s: passed over: %s", self._folder, listed(passed_over))
        return found

    @override
    def save(self, data: NoReturn) -> NoReturn:
        raise DataError(f"{self._folder} is read-only: nothing can be saved there.")

    @override
    def _exists(self) -> bool:
        return self._folder is not None and self._folder.is_dir()

    @override
    def _describe(self) -> dict[str, Any]:
        folder = None if self._folder is None else str(self._folder)
        return {"folder": folder, "part": self._part}
