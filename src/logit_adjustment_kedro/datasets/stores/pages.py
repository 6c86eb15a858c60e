"""Pages to open in a browser."""

from pathlib import Path

from typing_extensions import override

from .versioned import VersionedStore


class PageDataset(VersionedStore[str]):
    """A page, or any other text, as a UTF-8 file.

    ```yaml
    report:
      type: logit_adjustment_kedro.datasets.PageDataset
      filepath: data/08_reporting/digits_lt/default/report.html
      versioned: true
    ```
    """

    content = "page"

    # As bytes, for a file opened as text has its line ends changed by some systems.

    @override
    def _read(self, path: Path) -> str:
        return path.read_bytes().decode("utf-8")

    @override
    def _write(self, data: str, path: Path) -> None:
        path.write_bytes(data.encode("utf-8"))
