"""The chart with a slider for the mix of classes that is to be predicted."""

import altair as alt
import pandas as pd

from ..evaluation.readings import Readings
from ..evaluation.traffic import EXPONENTS, NOTHING, traffic_table
from .style import titled

WIDTH = 720
ROW = 26  # pixels of a method


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the accuracy of each method in the mix of a slider."""
    step = float(EXPONENTS[0] - EXPONENTS[1])
    slider = alt.binding_range(min=-1, max=1, step=step, name="s ")
    exponent = alt.param("s", value=0, bind=slider)
    at = f"round((1 - s) / {step})"
    bars = (
        alt.Chart(_rows_by_method(readings), width=WIDTH, height={"step": ROW})
        .transform_calculate(
            accuracy=f"datum.accuracies[{at}]",
            baseline=f"datum.baselines[{at}]",
        )
        .transform_calculate(gain="datum.accuracy - datum.baseline")
        .transform_calculate(
            told="format(datum.accuracy, '.1%') + (!isValid(datum.baseline) ? '' : "
            f"abs(datum.gain) < {NOTHING} ? ', nothing gained over ' + datum.of : "
            "', ' + format(100 * datum.gain, '+.1f') + ' over ' + datum.of)"
        )
        .encode(
            y=alt.Y("method:N", title=None, sort=None),
            tooltip=[
                alt.Tooltip("method:N", title="Method"),
                alt.Tooltip("told:N", title="Accuracy"),
            ],
        )
    )
    accuracy = alt.X(
        "accuracy:Q", title="Accuracy", axis=alt.Axis(format="%", tickCount=10)
    )
    layers = (
        bars.mark_bar(color="#56B4E9").encode(x=accuracy.scale(domain=[0, 1]))
        + bars.mark_tick(color="black", thickness=2).encode(x="baseline:Q")
        + bars.mark_text(align="left").encode(x=alt.value(6), text="told:N")
    )
    return titled(
        layers.add_params(exponent),
        alt.expr(
            "'Accuracy where the shares of the classes are proportional to π to the "
            "power ' + format(s, '.1f')"
        ),
        "π: that of the training images; so 1 is the training mix, 0 equally many of "
        "each class, -1 the reverse",
        "Means over the seeds; ticks: the network that is adjusted, or else the "
        "first method",
    )


def _rows_by_method(readings: Readings) -> pd.DataFrame:
    """Returns columns method (a title), accuracies, baselines and of (a title)."""
    table = traffic_table(readings).dropna(subset="exponent")
    table["baseline"] = table["accuracy"] - table["gain"]
    by_method = table.groupby("method", sort=False)
    rows = by_method.agg(accuracies=("accuracy", list), baselines=("baseline", list))
    rows["of"] = rows.index.map(readings.compared_with).map(readings.titles)
    return readings.with_titles(rows.reset_index())
