"""The trained models of all seeds."""

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractVersionedDataset, Version

from ..errors import DataError
from .atomic import replacing

if TYPE_CHECKING:
    import keras


class KerasModelsDataset(
    AbstractVersionedDataset[dict[int, "keras.Model"], dict[int, "keras.Model"]]
):
    """A folder with one `.keras` file a seed, read in Keras's safe mode.

    Keras is imported when models are loaded or saved, not with the catalog.

    ```yaml
    "{loss}.models":
      type: logit_adjustment_kedro.datasets.KerasModelsDataset
      filepath: data/06_models/digits_lt/{loss}/models
      versioned: true
    ```
    """

    def __init__(
        self,
        *,
        filepath: str,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ):
        """Names the folder.

        Args:
            filepath: a local path.
            version: which version to load and save, where it is versioned.
            metadata: anything; used by Kedro plugins, not by this class.
        """
        super().__init__(PurePosixPath(filepath), version)
        self.metadata = metadata

    def load(self) -> dict[int, "keras.Model"]:
        """Reads the models, ready to predict, by seed.

        Raises:
            DataError: there is no model.
        """
        import keras

        from .. import networks  # noqa: F401  registers the layers of our own

        folder = Path(self._get_load_path())
        models = {
            int(path.stem.removeprefix("seed_")): keras.saving.load_model(
                path, compile=False
            )
            for path in folder.glob("seed_*.keras")
        }
        if not models:
            raise DataError(f"No models in {folder}. Train them first: kedro run")
        return dict(sorted(models.items()))

    def save(self, data: dict[int, "keras.Model"]) -> None:
        """Writes the models, all of them or none."""
        with replacing(Path(self._get_save_path())) as folder:
            folder.mkdir()
            for seed, model in data.items():
                model.save(folder / f"seed_{seed}.keras")

    def _exists(self) -> bool:
        return Path(self._get_load_path()).is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "version": self._version}
