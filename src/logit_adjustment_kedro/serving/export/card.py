"""The model card of an export, in the layout of Hugging Face."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from ...evaluation.templates import template
from ...longtail.methods import METHODS
from ..answers import mix_in_words
from ..measured import Measured
from .formats import FORMATS

TASKS = {"images": "image-classification", "features": "tabular-classification"}


def card(about: Mapping[str, Any], measured: Measured, data: str) -> str:
    """Returns the text of a `README.md` to lie beside what was exported.

    Args:
        about: what is known of the model, and of the file; see `Export.write`.
        measured: what it reached.
        data: the name of the data.

    Returns:
        Markdown, after a front matter of YAML.
    """
    entry, written = about["input"], about["written"]
    kind = FORMATS[written["format"]]
    title = METHODS[about["method"]["name"]].title
    page = template(
        "card.md.jinja", __package__, escapes=False, cell=_cell, share=_share
    )
    return page.render(
        about=about,
        accuracy=measured.accuracy,
        answers_for=_answers_for(about),
        calibration=measured.calibration,
        classes=_classes(about),
        counts=about["class_counts"],
        data=data,
        facts=_facts(about),
        format=kind,
        groups=measured.groups,
        input=entry["name"],
        loading=kind.loading.format(
            file=written["file"],
            input=entry["name"],
            dtype=entry["dtype"],
            shape=(1, *entry["shape"]),
        ),
        makes=_makes(about),
        name=f"{PurePath(data).name}, {title}",
        shape=entry["shape"],
        task=TASKS[entry["name"]],
        title=title,
        written=written,
    )


def _answers_for(about: Mapping[str, Any]) -> str:
    shares, counts = about["answers_for"], np.array(about["class_counts"])
    if shares is None:
        return f"{mix_in_words(None, counts)}: they rank, and are not calibrated"
    return mix_in_words(np.array(shares), counts)


def _makes(about: Mapping[str, Any]) -> str:
    count = about["networks"]
    networks = f"The mean of {count} networks" if count > 1 else "One network"
    seen = ", of an image and its mirror image" if about["mirrored_view"] else ""
    return f"{networks}{seen}."


def _classes(about: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = about["class_names"]
    shares = about["answers_for"] or [None] * len(names)
    rows = zip(names, about["class_counts"], shares, strict=True)
    return [{"name": name, "count": n, "share": share} for name, n, share in rows]


def _facts(about: Mapping[str, Any]) -> dict[str, Any]:
    parameters = dict(about["method"])
    name = parameters.pop("name")
    return {
        "method": ", ".join([name, *_equations(parameters, " = ")]),
        "network": about["setups"][0]["recipe"].get("network", "–"),
        "epochs": about["setups"][0]["recipe"].get("epochs", "–"),
        "seeds": ", ".join(map(str, about["seeds"])),
        "setup": ", ".join(setup["digest"] for setup in about["setups"]),
        **about["made_with"],
        "exported with": ", ".join(_equations(about["exported_with"], " ")),
    }


def _equations(values: Mapping[str, Any], sign: str) -> list[str]:
    return [f"{name}{sign}{value}" for name, value in values.items()]


def _cell(value: Any) -> str:
    """Returns a text that stays in its cell of a table, and is no HTML."""
    line = " ".join(str(value).split())
    for sign, shown in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|")):
        line = line.replace(sign, shown)
    return line


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
