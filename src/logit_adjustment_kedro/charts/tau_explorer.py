"""The chart with a slider for tau, the strength of the adjustment."""

import altair as alt
import numpy as np
import pandas as pd

from ..evaluation.tables import BALANCED_ACCURACY
from ..longtail.methods import PosthocLogitAdjusted
from .classes import class_axis
from .style import titled

WIDTH = 800  # of the classes
MOST_NAMED = 100  # classes: of more, none has a name on the axis
LABELLED = 10  # of more, so many have a label
MOST_LEVEL = 20  # classes: of more, the numbers are turned


def draw(tau_table: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the accuracies of post-hoc logit adjustment at the tau of a slider.

    Args:
        tau_table: columns method, tau (a grid from 0 on, in equal steps), kind
            (overall, group or class), name, class_rank and count (of a class),
            accuracy; see `tables.tau_table`.
    """
    adjusted = tau_table["method"].str.endswith(PosthocLogitAdjusted.name)
    first = tau_table.loc[adjusted, "method"].iloc[0]
    table = tau_table[tau_table["method"] == first]
    model = first.removesuffix(PosthocLogitAdjusted.name).removesuffix(".")
    of = f" of {_quoted(model)}" if model else ""
    taus = np.sort(table["tau"].unique())
    slider = alt.binding_range(min=0, max=taus[-1], step=taus[1], name="τ ")
    tau = alt.param("tau", value=taus[np.abs(taus - 1).argmin()], bind=slider)
    rows = _rows_by_bar(table)
    bars = alt.Chart(rows, height=260).transform_calculate(
        accuracy=f"datum.accuracies[round(tau / {taus[1]})]",
        erm="datum.accuracies[0]",
    )
    of_all = table["name"][table["kind"] == "overall"]
    is_balanced = (of_all == BALANCED_ACCURACY).any()
    chart = alt.hconcat(_summary(bars), _classes(bars, rows)).add_params(tau)
    return titled(
        chart.properties(usermeta={"embedOptions": {"renderer": "svg"}}),
        alt.expr(
            f"'Accuracy of post-hoc logit adjustment{of} at τ = ' + format(tau, '.2f')"
        ),
        "Means over the seeds, on the test set; ticks: τ = 0, not adjusted"
        + ("; balanced: mean over the classes" if is_balanced else ""),
    )


def _quoted(name: str) -> str:
    """Returns a name as it may stand in a text of Vega."""
    return name.replace("\\", "\\\\").replace("'", "\\'")


def _rows_by_bar(table: pd.DataFrame) -> pd.DataFrame:
    """Returns columns kind, label and accuracies (at all of the taus); a row a bar."""
    table = table.dropna(subset="accuracy")
    order = ["tau", "class_rank"]
    table = table.sort_values(order, kind="stable", na_position="first")
    label = table["name"].where(
        table["kind"] != "class",
        table["class_rank"].map("{:.0f} · ".format)
        + table["count"].map("{:,.0f} · ".format)
        + table["name"].astype(str),
    )
    by_bar = table.assign(label=label).groupby(["kind", "label"], sort=False)
    return by_bar["accuracy"].agg(list).rename("accuracies").reset_index()


def _summary(bars: alt.Chart) -> alt.LayerChart:
    """Draws the bars of all classes and of head, medium and tail."""
    bars = bars.properties(width=190).transform_filter("datum.kind != 'class'")
    bars = _labelled(bars, alt.Axis(title=None, labelAngle=0))
    return _layers(bars, alt.Axis(title="Accuracy", format="%")) + _numbers(bars)


def _classes(bars: alt.Chart, rows: pd.DataFrame) -> alt.LayerChart:
    """Draws a bar a class; of very many, few have a label and none has a number."""
    bars = bars.properties(width=WIDTH).transform_filter("datum.kind == 'class'")
    labels = rows.loc[rows["kind"] == "class", "label"].tolist()
    bars = _labelled(bars, _class_axis(labels))
    layers = _layers(bars, alt.Axis(title=None, format="%"))
    if len(labels) > MOST_NAMED:
        return layers
    turned = {"angle": 270, "align": "left", "fontSize": 8}
    return layers + _numbers(bars, **(turned if len(labels) > MOST_LEVEL else {}))


def _class_axis(labels: list[str]) -> alt.Axis:
    title = "Class rank, training images"
    if len(labels) <= MOST_NAMED:
        return class_axis(labels, 3, WIDTH, title + ", class name")
    return class_axis(labels[:: -(-len(labels) // LABELLED)], 2, WIDTH, title)


def _labelled(bars: alt.Chart, axis: alt.Axis) -> alt.Chart:
    return bars.encode(
        x=alt.X("label:N", sort=None, axis=axis),
        tooltip=[
            alt.Tooltip("label:N", title="Classes"),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".1%"),
            alt.Tooltip("erm:Q", title="at τ = 0", format=".1%"),
        ],
    )


def _layers(bars: alt.Chart, axis: alt.Axis) -> alt.LayerChart:
    """Draws the bars, and the ticks of ERM."""
    accuracy = alt.Y("accuracy:Q", axis=axis).scale(domain=[0, 1])
    ticks = bars.mark_tick(color="black", thickness=2).encode(y="erm:Q")
    return bars.mark_bar(color="#56B4E9").encode(y=accuracy) + ticks


def _numbers(bars: alt.Chart, **looks: float | str) -> alt.Chart:
    """Writes the accuracies above the bars."""
    number = alt.Text("accuracy:Q", format=".1%")
    return bars.mark_text(**looks).encode(y=alt.value(-8), text=number)
