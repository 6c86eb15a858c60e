"""The stored runs, as an entry of the catalog."""

from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset

from ...runs import Run, RunStore


class RunsDataset(AbstractDataset[Run, RunStore]):
    """A folder of runs: each one that is saved joins those that are there.

    A node that trains yields its runs one by one, so each is stored as soon as it is
    finished. What is loaded is the store, which finds a run by its setup and seed: a
    reader asks for those that it needs, and never takes the newest.

    ```yaml
    "{method}.runs":
      type: logit_adjustment_kedro.datasets.RunsDataset
      path: data/07_model_output/digits_lt/default/runs
    ```

    Args:
        path: a local folder.
        metadata: anything; used by Kedro plugins, not by this class.
    """

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None):
        self._store = RunStore(Path(path))
        self.metadata = metadata

    def load(self) -> RunStore:
        """Returns the store, which reads a run when it is asked for."""
        return self._store

    def save(self, data: Run) -> None:
        """Stores a run, whole or not at all."""
        self._store.add(data)

    def _exists(self) -> bool:
        return self._store.root.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._store.root)}
