"""The report as one HTML file that opens without a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ..longtail.calibration import CALIBRATION_BINS
from .page_rows import Tables, rows_of
from .parameters import Mix
from .readings import Readings
from .templates import template
from .traffic import MIXES, NOTHING

SECTIONS = ("tau", "traffic", "classes", "confidence", "training", "gaussians")


@dataclass(frozen=True)
class Figure:
    """A chart that has a place on the page.

    Attributes:
        name: the id of its element.
        caption: what it shows, in words, for those who cannot see it.
        section: of `SECTIONS`, the one that it stands in.
        specification: that of Vega-Lite.
    """

    name: str
    caption: str
    section: str
    specification: dict[str, Any]

    def __post_init__(self):
        """Refuses a section that the page does not have.

        Raises:
            ValueError: it is none of `SECTIONS`.
        """
        if self.section not in SECTIONS:
            raise ValueError(
                f"Expected a section of {', '.join(SECTIONS)} for {self.name}. "
                f"Received: {self.section}"
            )


def render(readings: Readings, tables: Tables, figures: Sequence[Figure]) -> str:
    """Returns the page.

    Args:
        readings: what the tables and figures were made of.
        tables: what stands on it as text.
        figures: those of a section stand in it in this order.
    """
    import vl_convert

    method_table = tables.methods
    parameters, made_with = readings.parameters, readings.made_with
    return template("report.html.jinja").render(
        dataset=readings.comparison.dataset,
        recipe=parameters.get("recipe"),
        groups=readings.comparison.groups,
        class_counts=readings.class_counts,
        test_counts=readings.test_counts,
        is_balanced=readings.is_balanced,
        untested=readings.untested,
        mirrored="mirrored_accuracy" in method_table,
        published=method_table["published_source"].notna().any(),
        estimated=readings.comparison.target_prior == Mix.ESTIMATED,
        mixes=MIXES,
        nothing=NOTHING,
        seeds=sorted({*method_table["n_seeds"]}),
        several=method_table["n_seeds"].max() > 1,
        bins=CALIBRATION_BINS,
        parameters=yaml.safe_dump(parameters, sort_keys=False),
        made_alike=made_with[~made_with["differs"]].to_dict("records"),
        made_differently=made_with[made_with["differs"]].to_dict("records"),
        figures={s: [f for f in figures if f.section == s] for s in SECTIONS},
        specifications={figure.name: figure.specification for figure in figures},
        **rows_of(readings, tables),
        vega=vl_convert.javascript_bundle(),
    )
