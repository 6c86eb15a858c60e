"""The chart of the test accuracy while training, of all methods."""

import altair as alt

from ..evaluation.readings import Readings
from ..longtail.methods import TRAINED
from .panels import GREY, INK, erm_of, panels
from .style import CURVE_TOOLTIP, titled, with_titles


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the test accuracy by epoch, a panel a trained method."""
    curves = readings.curves
    shown = curves["method"].isin(TRAINED) & (curves["images"] == "test")
    table = with_titles(curves[shown].drop(columns="images"))
    accuracy = {
        "title": "Test accuracy",
        "axis": alt.Axis(format="%"),
        "scale": alt.Scale(zero=False),
    }
    base = alt.Chart().encode(
        x=alt.X("epoch:Q", title="Epoch").axis(tickMinStep=1).scale(nice=False),
        y=alt.Y("mean:Q", **accuracy),
    )
    behind = base.properties(data=erm_of(table)).mark_line(color=GREY, strokeWidth=2)
    band = base.mark_area(color=INK, opacity=0.2).encode(
        y=alt.Y("low:Q", **accuracy), y2="high:Q"
    )
    line = base.mark_line(color=INK, strokeWidth=1.5).encode(tooltip=CURVE_TOOLTIP)
    return titled(
        panels(behind + band + line, table, columns=4, height=170),
        "Test accuracy by epoch",
        "Line: mean over the seeds; band: lowest to highest; grey: ERM",
    )
