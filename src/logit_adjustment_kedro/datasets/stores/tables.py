"""Tables, as text that people and spreadsheets read."""

from pathlib import Path
from typing import Any

import pandas as pd
from kedro_datasets._typing import TablePreview
from typing_extensions import override

from .versioned import VersionedStore

# Columns of names. A name that looks like a number, or like none, is a name.
TEXT = ("class_name", "next_class_name", "name", "file", "unreadable")


class TableDataset(VersionedStore[pd.DataFrame]):
    """A table as a CSV file: UTF-8, without the index, six digits of each fraction.

    Of what it reads, an empty field alone is missing, and the columns in `TEXT`, such
    as `class_name`, are text: classes may be called `NA`, `None` or `1.0`.

    ```yaml
    method_table:
      type: logit_adjustment_kedro.datasets.TableDataset
      filepath: data/08_reporting/digits_lt/default/method_table.csv
      versioned: true
    ```
    """

    content = "table"

    def preview(self, nrows: int = 5) -> TablePreview:
        """Returns the first rows, for Kedro-Viz."""
        path = self.stored_path()
        with self._reading(path):
            table = _read_csv(path, nrows=nrows)
        return TablePreview(table.to_dict(orient="split"))

    @override
    def _read(self, path: Path) -> pd.DataFrame:
        return _read_csv(path)

    @override
    def _write(self, data: pd.DataFrame, path: Path) -> None:
        # The same bytes on every system: a line ends in one character.
        data.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


def _read_csv(path: Path, **options: Any) -> pd.DataFrame:
    return pd.read_csv(
        path,
        dtype=dict.fromkeys(TEXT, str),
        keep_default_na=False,
        na_values=[""],
        **options,
    )
