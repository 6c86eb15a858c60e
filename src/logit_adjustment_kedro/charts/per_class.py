"""The chart of the accuracy over the class frequency, of the methods of Table 1."""

import altair as alt
import pandas as pd

from ..evaluation.measures import class_accuracy
from ..evaluation.readings import Readings
from .classes import SEPARATOR, class_axis, few_of, group_of_rank
from .style import mean_and_std, spread_of, titled
from .table_1 import COLOUR, DOMAIN, SHAPE

MOST_SINGLE = 40  # classes: of more, the methods' points would lie on each other
MOST_NARROW, NARROW, WIDE = 20, 720, 1000  # classes, and pixels for them and for more


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the test accuracy over the class frequency, side by side by method.

    Many classes are gathered, by rank, in ten groups of equal size.
    """
    accuracies = class_accuracy(readings)
    accuracies = accuracies[accuracies["method"].isin(readings.table_1)]
    names = _group_names(accuracies)
    grouped = names.nunique() < len(names)
    table = readings.with_titles(accuracies).assign(
        group=accuracies["class_rank"].map(names)
    )
    width = NARROW if len(names) <= MOST_NARROW else WIDE
    order = names.unique().tolist()
    title = "Training images per class, and " + (
        "class ranks" if grouped else "class name"
    )
    means = mean_and_std(table, "accuracy", 1)
    base = alt.Chart(means, width=width, height=320).encode(
        x=alt.X("group:N", sort=order, axis=class_axis(order, 2, width, title)),
        xOffset=alt.XOffset("method:N", sort=DOMAIN),
        color=COLOUR,
    )
    layers = _means_and_whiskers(base)
    subtitle = spread_of(means)
    if grouped:
        layers += _single_classes(base, table)
        subtitle += "; small dots: single classes"
    return titled(layers, "Test accuracy by class frequency", subtitle)


def _group_names(accuracies: pd.DataFrame) -> pd.Series:
    """Returns the name of the group of each class, by class_rank."""
    classes = accuracies.groupby("class_rank")[["class_name", "count"]].first()
    group = group_of_rank(classes.index.to_series(), MOST_SINGLE)

    def name(members: pd.DataFrame) -> str:
        if len(members) == 1:
            return f"{members['count'].item():,} · {members['class_name'].item()}"
        most, least = members["count"].iloc[[0, -1]]
        ranks = f"ranks {members.index[0]:,}–{members.index[-1]:,}"
        classes = few_of(members["class_name"])
        return SEPARATOR.join([f"{most:,}–{least:,}", ranks, classes])

    return group.map(classes.groupby(group).apply(name))


def _means_and_whiskers(base: alt.Chart) -> alt.LayerChart:
    whiskers = base.mark_rule().encode(
        y=alt.Y("low:Q", title="Test accuracy").axis(format="%"), y2="high:Q"
    )
    trend = base.mark_line(strokeWidth=1, opacity=0.5).encode(y="mean:Q")
    means = base.mark_point(size=60, filled=True, opacity=1).encode(
        y="mean:Q",
        shape=SHAPE,
        tooltip=[
            alt.Tooltip("method:N", title="Method"),
            alt.Tooltip("group:N", title="Classes"),
            alt.Tooltip("mean:Q", title="Accuracy, mean", format=".1%"),
            alt.Tooltip("std:Q", title="standard deviation", format=".1%"),
        ],
    )
    return whiskers + trend + means


def _single_classes(base: alt.Chart, table: pd.DataFrame) -> alt.Chart:
    """Returns a layer with a faint dot for each class and method."""
    keys = ["method", "group", "class_name", "count"]
    classes = table.groupby(keys, as_index=False)["accuracy"].mean()
    return (
        base.properties(data=classes)
        .mark_circle(size=14, opacity=0.35)
        .encode(
            y="accuracy:Q",
            tooltip=[
                alt.Tooltip("method:N", title="Method"),
                alt.Tooltip("class_name:N", title="Class"),
                alt.Tooltip("count:Q", title="Training images"),
                alt.Tooltip("accuracy:Q", title="Accuracy, mean", format=".1%"),
            ],
        )
    )
