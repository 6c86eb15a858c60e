"""Altair charts, as files to read back, to open in a browser and to look at."""

import base64
from pathlib import Path
from typing import Any

from kedro_datasets._typing import ImagePreview
from typing_extensions import override

from ...evaluation import chart_page
from ...files import replacing
from .versioned import VersionedStore


class AltairChartDataset(VersionedStore[Any]):
    """An Altair chart as three files that lie side by side.

    `<stem>.json` is the Vega-Lite specification, `<stem>.html` opens in a browser
    without a network, and `<stem>.png` is what Kedro-Viz shows. Altair is imported when
    a chart is loaded or saved.

    ```yaml
    beta_chart:
      type: logit_adjustment_kedro.datasets.AltairChartDataset
      filepath: data/08_reporting/digits_lt/default/beta_chart.json
      versioned: true
    ```

    Args:
        filepath: a local path that ends in `.json`; the other two lie beside it.
        version: the version to load and to save, where the entry is versioned.
        metadata: anything; used by Kedro plugins, not by this class.

    Raises:
        DataError: `filepath` is not a local path, or does not end in `.json`.
    """

    content = "chart"
    suffix = ".json"

    def preview(self) -> ImagePreview:
        """Returns the stored PNG in base64, for Kedro-Viz."""
        chart = self.stored_path()
        png = chart.with_suffix(".png")
        with self._reading(png, whole=chart):
            return ImagePreview(base64.b64encode(png.read_bytes()).decode("ascii"))

    @override
    def _read(self, path: Path) -> Any:
        import altair as alt

        return alt.Chart.from_json(path.read_text(encoding="utf-8"))

    @override
    def _write_beside(self, data: Any, path: Path) -> None:
        import altair as alt

        with replacing(path.with_suffix(".png")) as temporary:
            data.save(temporary, scale_factor=2)
        # Some data sets have more classes than the rows that Altair has a limit of.
        with alt.data_transformers.disable_max_rows():
            html = chart_page.render(data.to_dict(), name=path.stem)
        with replacing(path.with_suffix(".html")) as temporary:
            temporary.write_text(html, encoding="utf-8")

    @override
    def _write(self, data: Any, path: Path) -> None:
        data.save(path)
