"""Small multiples: a panel a method, and the first of them in grey behind each."""

import altair as alt
import pandas as pd

INK, GREY = "#0072B2", "#A0A0A0"
WIDTHS = {2: 480, 4: 238, 5: 185}  # of a panel, by how many share a row


def panels(
    layers: alt.LayerChart | alt.Chart, table: pd.DataFrame, columns: int, height: int
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


def baseline_of(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of the first method, which have a place in every panel."""
    return table[table["method"] == baseline(table)].drop(columns="method")


def baseline(table: pd.DataFrame) -> str:
    """Returns the title of the first method of a table."""
    return table["method"].iloc[0]
