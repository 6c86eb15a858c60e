"""What was read out of runs, as a folder of tables and arrays."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import numpy as np
import pandas as pd
from typing_extensions import override

from ...evaluation.readings import Choice, Readings
from ..errors import DataError
from .versioned import VersionedStore


class ReadingsDataset(VersionedStore[Readings]):
    """Readings as a folder with a file a field; nothing in it can run code.

    A table is a Parquet file, an array a `.npy` file, and a mapping a JSON file.

    ```yaml
    readings:
      type: logit_adjustment_kedro.datasets.ReadingsDataset
      filepath: data/08_reporting/digits_lt/default/readings
      versioned: true
    ```
    """

    content = "readings"

    @override
    def _read(self, path: Path) -> Readings:
        forms = _forms(Readings).items()
        missing = [n for n, form in forms if not (path / f"{n}{form.suffix}").is_file()]
        if missing and path.is_dir():
            raise DataError(
                f"The readings in {path} have no {', '.join(missing)}: they are of an "
                "earlier version of this project, which can draw them, or damaged. "
                f"For new ones, {self.maker}"
            )
        values = {}
        for name, form in _forms(Readings).items():
            file = path / f"{name}{form.suffix}"
            with self._reading(file, whole=path):
                values[name] = form.read(file)
        if unknown := {*values["answers"]["choice"]} - {*Choice}:
            raise DataError(
                f"The readings in {path} say of a tau that it was chosen as "
                f"{', '.join(sorted(unknown))}, which is not known here: they are of "
                "another version of this project, which can draw them. For new ones, "
                f"{self.maker}"
            )
        return Readings(**values)

    @override
    def _write(self, data: Readings, path: Path) -> None:
        path.mkdir()
        for name, form in _forms(type(data)).items():
            form.write(path / f"{name}{form.suffix}", getattr(data, name))


@dataclass(frozen=True)
class _Form:
    """How the fields of a type are stored."""

    suffix: str
    read: Callable[[Path], Any]
    write: Callable[[Path, Any], None]


def _forms(readings: type) -> dict[str, _Form]:
    """Returns the form of each field of a dataclass, by its type."""
    hints = get_type_hints(readings)
    types = {field.name: hints[field.name] for field in fields(readings)}
    return {name: _FORMS[get_origin(hint) or hint] for name, hint in types.items()}


def _read_array(file: Path) -> np.ndarray:
    return np.load(file, allow_pickle=False)


def _write_array(file: Path, array: np.ndarray) -> None:
    np.save(file, array, allow_pickle=False)


def _write_table(file: Path, table: pd.DataFrame) -> None:
    table.to_parquet(file)


def _read_mapping(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def _write_mapping(file: Path, mapping: dict) -> None:
    file.write_text(json.dumps(mapping, indent=1), encoding="utf-8")


_FORMS = {
    pd.DataFrame: _Form(".parquet", pd.read_parquet, _write_table),
    np.ndarray: _Form(".npy", _read_array, _write_array),
    dict: _Form(".json", _read_mapping, _write_mapping),
}
