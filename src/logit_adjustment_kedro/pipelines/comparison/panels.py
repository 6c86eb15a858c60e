"""Small multiples: a panel a method, and ERM in grey behind each."""

from collections.abc import Iterator

import altair as alt
import pandas as pd

from ...longtail.methods import METHODS
from .results import FIXED, Reading, Results

INK, GREY = "#0072B2", "#A0A0A0"
WIDTHS = {2: 480, 4: 238, 5: 185}  # of a panel, by how many share a row


def title_of(name: str) -> str:
    """Returns what a method is called above its panel."""
    return METHODS[name].title


def fixed_readings(results: dict[str, Results]) -> Iterator[tuple[str, Reading]]:
    """Yields the title of a method and a reading, where no tau was chosen."""
    for name, result in results.items():
        for reading in result.readings:
            if reading.choice == FIXED:
                yield title_of(name), reading


def panels(
    layers: alt.LayerChart, table: pd.DataFrame, columns: int, height: int
) -> alt.FacetChart:
    """Repeats layers for each method of a table.

    Args:
        layers: those without data of their own draw the rows of one method; those with
            are the same in each panel.
        table: columns method (a title), and what the layers draw.
        columns: how many panels share a row.
        height: of a panel, in pixels.
    """
    facet = alt.Facet("method:N", title=None, sort=table["method"].unique().tolist())
    sized = layers.properties(data=table, width=WIDTHS[columns], height=height)
    return sized.facet(
        facet.header(labelAnchor="start", labelFontWeight="bold", labelPadding=4),
        columns=columns,
    )


def erm_of(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of ERM, which have a place in every panel."""
    return table[table["method"] == title_of("erm")].drop(columns="method")
