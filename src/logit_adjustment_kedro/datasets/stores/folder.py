"""A folder that a node writes to while it runs."""

from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset, DatasetError
from typing_extensions import override


class FolderDataset(AbstractDataset[None, Path]):
    """The path of a local folder, for what must be seen before a node has ended.

    ```yaml
    "{method}.tensorboard":
      type: logit_adjustment_kedro.datasets.FolderDataset
      path: data/08_reporting/digits_lt/tensorboard/{method}
    ```

    Args:
        path: a local path.
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None):
        self._path = Path(path)
        self.metadata = metadata

    @override
    def load(self) -> Path:
        """Makes the folder where there is none, and returns its path."""
        self._path.mkdir(parents=True, exist_ok=True)
        return self._path

    @override
    def save(self, data: None) -> None:
        raise DatasetError(f"{self._path} is a folder to write into, not to save.")

    @override
    def _exists(self) -> bool:
        return self._path.is_dir()

    @override
    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}
