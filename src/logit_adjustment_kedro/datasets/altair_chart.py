"""Altair charts, as files to read back, to open in a browser and to look at."""

import base64
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import AbstractVersionedDataset, Version
from kedro_datasets._typing import ImagePreview

from .atomic import replacing


class AltairChartDataset(AbstractVersionedDataset[Any, Any]):
    """An Altair chart as three files that lie side by side.

    `<stem>.json` is the Vega-Lite specification, `<stem>.html` opens in a browser
    without a network, and `<stem>.png` is what Kedro-Viz shows.

    ```yaml
    beta_chart:
      type: logit_adjustment_kedro.datasets.AltairChartDataset
      filepath: data/08_reporting/digits_lt/beta_chart.json
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
        """Names the files.

        Args:
            filepath: a local path that ends in `.json`; the other two lie beside it.
            version: the version to load and to save, where the entry is versioned.
            metadata: anything; used by Kedro plugins, not by this class.

        Raises:
            ValueError: `filepath` does not end in `.json`.
        """
        if not filepath.endswith(".json"):
            raise ValueError(f"Expected a path ending in .json. Received: {filepath}")
        super().__init__(PurePosixPath(filepath), version)
        self.metadata = metadata

    def load(self) -> Any:
        """Reads the specification back, as an Altair chart of any kind."""
        # Altair takes two seconds to import: not before a chart is asked for.
        import altair as alt

        return alt.Chart.from_json(
            Path(self._get_load_path()).read_text(encoding="utf-8")
        )

    def save(self, data: Any) -> None:
        """Writes the three files, each whole or not at all.

        The specification comes last: a version counts as saved when it is there.
        """
        specification = Path(self._get_save_path())
        formats = {".png": {"scale_factor": 2}, ".html": {"inline": True}, ".json": {}}
        for suffix, options in formats.items():
            with replacing(specification.with_suffix(suffix)) as temporary:
                data.save(temporary, **options)

    def preview(self) -> ImagePreview:
        """Returns the stored PNG in base64, for Kedro-Viz."""
        png = Path(self._get_load_path()).with_suffix(".png").read_bytes()
        return ImagePreview(base64.b64encode(png).decode("ascii"))

    def _exists(self) -> bool:
        return Path(self._get_load_path()).is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "version": self._version}
