"""The chart of the accuracies while training, of the methods of Table 1."""

import altair as alt

from ..evaluation.readings import Readings
from .by_epoch import FEW, READ_OUT, alike, curves_of
from .style import titled
from .table_1 import COLOUR, DASH

IMAGES = {"train": "Training set", "test": "Test set"}


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the accuracy by epoch, test set and training set side by side."""
    of_table_1 = readings.curves["method"].isin(readings.table_1)
    curves = readings.with_titles(readings.curves[of_table_1])
    base = alt.Chart(width=420, height=320).encode(
        x=alt.X("epoch:Q", title="Epoch")
        .axis(labelExpr="datum.value % 1 ? '' : format(datum.value, ',')")
        .scale(nice=False, zero=False),
        color=COLOUR.legend(symbolType="stroke", symbolSize=500, symbolStrokeWidth=2),
    )
    lowest_to_highest = base.encode(
        y=alt.Y("low:Q", title="Accuracy").axis(format="%").scale(zero=False),
        y2="high:Q",
    )
    band = lowest_to_highest.mark_area(opacity=0.2)
    whiskers = curves_of(lowest_to_highest, 1).mark_rule(opacity=0.5)
    means = base.encode(
        y="mean:Q", tooltip=[alt.Tooltip("images:N", title="Images"), *READ_OUT]
    )
    line = means.mark_line(strokeWidth=1.5).encode(strokeDash=DASH)
    points = curves_of(means, FEW).mark_circle(size=40, opacity=1)
    chart = (
        alt.layer(band, whiskers, line, points, data=curves.replace({"images": IMAGES}))
        .facet(column=alt.Column("images:N", title=None))
        .resolve_scale(y="independent")
    )
    return titled(
        chart,
        "Accuracy by epoch",
        f"{alike(readings)}Line: mean over the seeds; band: lowest to highest",
        "Training set: as the images came, with their augmentation, during the epoch",
    )
