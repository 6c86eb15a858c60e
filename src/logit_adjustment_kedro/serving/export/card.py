"""The model card of an export, in the layout of Hugging Face."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import pandas as pd

from ...longtail.methods import METHODS
from .formats import FORMATS

TASKS = {"images": "image-classification", "features": "tabular-classification"}


def card(
    about: Mapping[str, Any],
    files: Mapping[str, str],
    *,
    data: str,
    license: str = "other",
    groups: pd.DataFrame | None = None,
    calibration: Mapping[str, float] | None = None,
    differences: Mapping[str, float] | None = None,
) -> str:
    """Returns the text of a `README.md` to lie beside what was exported.

    Args:
        about: what is known of the model; see `about`.
        files: the names of the files, by those of their formats.
        data: the name of the data.
        license: that of the model, as Hugging Face abbreviates it.
        groups: one row a group of classes, or all of them; columns group, accuracy,
            lower, upper, as fractions. None of what was not measured.
        calibration: measures of it, by their names.
        differences: by how much a probability differs at most from the trained
            networks', by the names of formats.

    Returns:
        Markdown, after a front matter of YAML.
    """
    entry = about["input"]
    called = {"input": entry["name"], "dtype": entry["dtype"]}
    called["shape"] = (1, *entry["shape"])
    formats = [
        {
            "title": FORMATS[name].title,
            "file": file,
            "loading": FORMATS[name].loading.format(file=file, **called),
            "difference": (differences or {}).get(name),
        }
        for name, file in files.items()
    ]
    title = METHODS[about["method"]["name"]].title
    return _template().render(
        about=about,
        answers_for=_answers_for(about),
        calibration=calibration,
        classes=_classes(about),
        counts=about["class_counts"],
        data=data,
        facts=_facts(about),
        formats=formats,
        groups=groups,
        input=entry["name"],
        library=_library(files),
        license=license,
        makes=_makes(about),
        name=f"{PurePath(data).name}, {title}",
        shape=entry["shape"],
        task=TASKS[entry["name"]],
        title=title,
    )


def _library(files: Mapping[str, str]) -> str:
    """Returns how Hugging Face calls what reads the first of the files."""
    known = {"savedmodel": "tensorflow", "litert": "tflite"}
    first = next(iter(files))
    return known.get(first, first)


def _answers_for(about: Mapping[str, Any]) -> str:
    if about["target_prior"] is not None:
        return "the target mix of classes below"
    if about["prior"] is None:
        return "no mix of classes that is known: they rank, and are not calibrated"
    if pd.Series(about["prior"]).nunique() == 1:
        return "a mix with equally many images of each class"
    return "the mix of classes called prior below"


def _makes(about: Mapping[str, Any]) -> str:
    seeds = len(about["seeds"])
    networks = f"The mean of {seeds} networks" if seeds > 1 else "One network"
    seen = ", of an image and its mirror image" if about["mirrored_view"] else ""
    return f"{networks}{seen}."


def _classes(about: Mapping[str, Any]) -> list[dict[str, Any]]:
    nothing = [None] * len(about["class_names"])
    columns = {
        "name": about["class_names"],
        "count": about["class_counts"],
        "prior": about["prior"] or nothing,
        "target": about["target_prior"] or nothing,
    }
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]


def _facts(about: Mapping[str, Any]) -> dict[str, Any]:
    parameters = dict(about["method"])
    name = parameters.pop("name")
    return {
        "method": ", ".join([name, *_equations(parameters, " = ")]),
        "network": about["setup"]["recipe"].get("network", "–"),
        "seeds": ", ".join(map(str, about["seeds"])),
        "setup": about["setup"]["digest"],
        **about["made_with"],
        "exported with": ", ".join(_equations(about["exported_with"], " ")),
    }


def _equations(values: Mapping[str, Any], sign: str) -> list[str]:
    return [f"{name}{sign}{value}" for name, value in values.items()]


def _template():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__, ""),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"cell": _cell, "percent": _percent, "share": _share}
    return environment.get_template("card.md.jinja")


def _cell(value: Any) -> str:
    """Returns a text that stays in its cell of a table, and is no HTML."""
    line = " ".join(str(value).split())
    for sign, shown in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|")):
        line = line.replace(sign, shown)
    return line


def _percent(value: float) -> str:
    return "–" if pd.isna(value) else f"{100 * value:.1f} %"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
