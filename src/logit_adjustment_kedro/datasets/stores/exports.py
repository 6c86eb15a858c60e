"""Exported models, as an entry of the catalog."""

import json
from pathlib import Path
from typing import Any

from typing_extensions import override

from ...serving.export import ABOUT_FILE, Export
from .versioned import VersionedStore


class ExportDataset(VersionedStore[Any]):
    """A folder with a model that needs nothing of this project, and its model card.

    What is saved is a `serving.export.Export`; what is loaded is all that is known of
    what was written, as `Export.write` returns it.

    ```yaml
    exported:
      type: logit_adjustment_kedro.datasets.ExportDataset
      filepath: data/07_model_output/digits_lt/default/exported
      versioned: true
    ```
    """

    content = "exported model"
    maker = "run kedro run --pipelines=export, with the same --env and --params"

    @override
    def _read(self, path: Path) -> dict[str, Any]:
        return json.loads((path / ABOUT_FILE).read_text(encoding="utf-8"))

    @override
    def _write(self, data: Export, path: Path) -> None:
        data.write(path)
