"""A folder that a node writes to while it runs."""

from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset, DatasetError


class FolderDataset(AbstractDataset[None, Path]):
    """The path of a local folder, for what must be seen before a node has ended.

    ```yaml
    "{loss}.tensorboard":
      type: logit_adjustment_kedro.datasets.FolderDataset
      path: data/08_reporting/digits_lt/tensorboard/{loss}
    ```
    """

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None):
        """Names the folder.

        Args:
            path: a local path.
            metadata: anything; used by Kedro plugins, not by this class.
        """
        self._path = Path(path)
        self.metadata = metadata

    def load(self) -> Path:
        """Makes the folder where there is none, and returns its path."""
        self._path.mkdir(parents=True, exist_ok=True)
        return self._path

    def save(self, data: None) -> None:
        """Refuses: a node writes into the folder, Kedro does not."""
        raise DatasetError(f"{self._path} is a folder to write into, not to save.")

    def _exists(self) -> bool:
        return self._path.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}
