"""The chart with a slider for tau, the strength of the adjustment."""

import altair as alt
import numpy as np
import pandas as pd

from .style import MAX_GROUPS, titled


def draw(tau_table: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the accuracies of post-hoc logit adjustment at the tau of a slider.

    Args:
        tau_table: columns method, tau (a grid from 0 on, in equal steps), kind
            (overall, group or class), name, class_rank and count (of a class),
            accuracy.
    """
    table = tau_table[tau_table["method"] == "posthoc_logit_adjusted"]
    taus = np.sort(table["tau"].unique())
    slider = alt.binding_range(min=0, max=taus[-1], step=taus[1], name="τ ")
    tau = alt.param("tau", value=taus[np.abs(taus - 1).argmin()], bind=slider)
    rows = _rows_by_bar(table)
    bars = alt.Chart(rows, height=260).transform_calculate(
        accuracy=f"datum.accuracies[round(tau / {taus[1]})]",
        erm="datum.accuracies[0]",
    )
    chart = alt.hconcat(_summary(bars), _classes(bars, rows)).add_params(tau)
    return titled(
        chart.properties(usermeta={"embedOptions": {"renderer": "svg"}}),
        alt.expr(
            "'Accuracy of post-hoc logit adjustment at τ = ' + format(tau, '.2f')"
        ),
        "Means over the seeds, on the test set; black ticks: τ = 0, which is ERM",
    )


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
    axis = alt.Axis(title=None, labelAngle=0)
    return _layers(bars, axis, alt.Axis(title="Accuracy", format="%"))


def _classes(bars: alt.Chart, rows: pd.DataFrame) -> alt.LayerChart:
    """Draws a bar a class; numbers of many are turned, and few of them have a label."""
    bars = bars.properties(width=800).transform_filter("datum.kind == 'class'")
    labels = rows.loc[rows["kind"] == "class", "label"]
    many = len(labels) > 2 * MAX_GROUPS
    shown = slice(None, None, MAX_GROUPS if many else 1)
    axis = alt.Axis(
        title="Class rank, training images" + ("" if many else ", class name"),
        labelAngle=0,
        labelExpr=f"slice(split(datum.label, ' · '), 0, {2 if many else 3})",
        values=labels[shown].tolist(),
    )
    turned = {"angle": 270, "align": "left", "fontSize": 8} if many else {}
    return _layers(bars, axis, alt.Axis(title=None, format="%"), **turned)


def _layers(
    bars: alt.Chart, x: alt.Axis, y: alt.Axis, **numbers: float | str
) -> alt.LayerChart:
    bars = bars.encode(
        x=alt.X("label:N", sort=None, axis=x),
        tooltip=[
            alt.Tooltip("label:N", title="Classes"),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".1%"),
            alt.Tooltip("erm:Q", title="at τ = 0", format=".1%"),
        ],
    )
    accuracy = alt.Y("accuracy:Q", axis=y).scale(domain=[0, 1])
    return (
        bars.mark_bar(color="#56B4E9").encode(y=accuracy)
        + bars.mark_tick(color="black", thickness=2).encode(y="erm:Q")
        + bars.mark_text(**numbers).encode(
            y=alt.value(-8), text=alt.Text("accuracy:Q", format=".1%")
        )
    )
