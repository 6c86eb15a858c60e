"""The chart of the test accuracy while training, of all methods."""

import altair as alt

from ..evaluation.readings import Readings
from ..longtail.methods import TRAINED
from .by_epoch import FEW, READ_OUT, alike, curves_of
from .panels import GREY, INK, baseline, baseline_of, panels
from .style import titled


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the test accuracy by epoch, a panel a training of a whole network."""
    curves = readings.curves
    whole = [name for name, method in TRAINED.items() if method.starts_from is None]
    shown = curves["method"].isin(whole) & (curves["images"] == "test")
    table = readings.with_titles(curves[shown].drop(columns="images"))
    accuracy = {
        "title": "Test accuracy",
        "axis": alt.Axis(format="%"),
        "scale": alt.Scale(zero=False),
    }
    base = alt.Chart().encode(
        x=alt.X("epoch:Q", title="Epoch")
        .axis(tickMinStep=1)
        .scale(nice=False, zero=False),
        y=alt.Y("mean:Q", **accuracy),
    )
    erm = base.properties(data=baseline_of(table))
    behind = erm.mark_line(color=GREY, strokeWidth=2)
    behind_points = curves_of(erm, FEW).mark_circle(color=GREY, opacity=1, size=60)
    lowest_to_highest = base.encode(y=alt.Y("low:Q", **accuracy), y2="high:Q")
    band = lowest_to_highest.mark_area(color=INK, opacity=0.2)
    whiskers = curves_of(lowest_to_highest, 1).mark_rule(color=INK)
    means = base.encode(tooltip=READ_OUT)
    line = means.mark_line(color=INK, strokeWidth=1.5)
    points = curves_of(means, FEW).mark_circle(color=INK, opacity=1, size=25)
    layers = alt.layer(behind, behind_points, band, whiskers, line, points)
    return titled(
        panels(layers, table, columns=4, height=170),
        "Test accuracy by epoch",
        f"{alike(readings)}Line: mean over the seeds; band: lowest to highest; "
        f"grey: {baseline(table)}",
    )
