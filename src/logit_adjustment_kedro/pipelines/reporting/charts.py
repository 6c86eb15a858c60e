"""The charts: Altair on small tables, one function a chart."""

import altair as alt
import pandas as pd

from ...longtail.methods import METHODS, TABLE_1
from ..style import finished, group_of_rank, spread

TITLES = {name: METHODS[name].title for name in TABLE_1}
DOMAIN = list(TITLES.values())
# Okabe and Ito's colours for the colour-blind, without the yellow that white swallows,
# in an order in which the first three differ in grey. Dashes and shapes come in other
# numbers than colours, so no two of many methods look alike.
COLOUR = alt.Color("method:N", title=None).scale(
    domain=DOMAIN,
    range=["#000000", "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"],
)
DASH = alt.StrokeDash("method:N", title=None).scale(
    domain=DOMAIN, range=[[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
)
SHAPE = alt.Shape("method:N", title=None).scale(
    domain=DOMAIN, range=["circle", "square", "triangle-up", "diamond", "cross"]
)


def beta_chart(probabilities: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the effective class probability by class rank, side by side by beta.

    Args:
        probabilities: columns class_rank, class_name, beta, probability.
    """
    betas = probabilities["beta"].unique().tolist()
    num_classes = probabilities["class_rank"].nunique()
    many = num_classes > 20
    ticks = [1, *range(10, num_classes + 1, 10)] if many else alt.Undefined
    chart = (
        alt.Chart(probabilities, width=max(600, 10 * num_classes), height=300)
        .mark_bar()
        .encode(
            x=alt.X("class_rank:O", title="Class rank (1: most frequent)").axis(
                values=ticks, labelAngle=0
            ),
            xOffset=alt.XOffset("beta:O", sort=betas),
            y=alt.Y("probability:Q", title="Effective class probability")
            .axis(format="%")
            .stack(None),
            color=alt.Color("beta:O", title="β", sort=betas).scale(scheme="plasma"),
            tooltip=[
                alt.Tooltip("class_name:N", title="Class"),
                alt.Tooltip("class_rank:Q", title="Rank"),
                alt.Tooltip("beta:Q", title="β"),
                alt.Tooltip("probability:Q", title="Probability", format=".3%"),
            ],
        )
    )
    return finished(
        chart,
        "Effective class probability",
        "β = 1: share of the training images; β = 0: the same for every class",
    )


def per_class_chart(accuracies: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the test accuracy over the class frequency, side by side by method.

    Many classes are gathered, by rank, in ten groups of equal size: single classes
    differ by more than the methods do.

    Args:
        accuracies: columns method, seed, class_rank, class_name, count, accuracy (of
            one class).
    """
    names = _group_names(accuracies)
    grouped = names.nunique() < len(names)
    table = accuracies.replace({"method": TITLES})
    table["group"] = table["class_rank"].map(names)
    base = alt.Chart(spread(table, "accuracy", 1), width=720, height=320).encode(
        x=alt.X("group:N", sort=names.unique().tolist()).axis(
            title="Training images per class, and "
            + ("class ranks" if grouped else "class name"),
            labelAngle=0,
            labelExpr="split(datum.label, ' · ')",
        ),
        xOffset=alt.XOffset("method:N", sort=DOMAIN),
        color=COLOUR,
    )
    layers = _means_and_whiskers(base)
    subtitle = "Mean and standard deviation over the seeds"
    if grouped:
        layers += _single_classes(base, table)
        subtitle += "; small dots: single classes"
    return finished(layers, "Test accuracy by class frequency", subtitle)


def _group_names(accuracies: pd.DataFrame) -> pd.Series:
    """Returns the name of the group of each class, by class_rank."""
    classes = accuracies.groupby("class_rank")[["class_name", "count"]].first()
    group = group_of_rank(classes.index.to_series())

    def name(members: pd.DataFrame) -> str:
        if len(members) == 1:
            return f"{members['count'].item():,} · {members['class_name'].item()}"
        most, least = members["count"].iloc[[0, -1]]
        return f"{most:,}–{least:,} · ranks {members.index[0]}–{members.index[-1]}"

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


def learning_curves(curves: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the accuracy by epoch, test set and training set side by side.

    Args:
        curves: columns method, images (which set), epoch, mean, low, high.
    """
    base = alt.Chart(width=420, height=320).encode(
        x=alt.X("epoch:Q", title="Epoch")
        .axis(labelExpr="datum.value % 1 ? '' : format(datum.value, ',')")
        .scale(nice=False),
        color=COLOUR.legend(symbolType="stroke", symbolSize=500, symbolStrokeWidth=2),
    )
    band = base.mark_area(opacity=0.2).encode(
        y=alt.Y("low:Q", title="Accuracy").axis(format="%").scale(zero=False),
        y2="high:Q",
    )
    line = base.mark_line(strokeWidth=1.5).encode(
        y="mean:Q",
        strokeDash=DASH,
        tooltip=[
            alt.Tooltip("method:N", title="Method"),
            alt.Tooltip("epoch:Q", title="Epoch"),
            alt.Tooltip("mean:Q", title="Accuracy, mean", format=".1%"),
            alt.Tooltip("low:Q", title="lowest", format=".1%"),
            alt.Tooltip("high:Q", title="highest", format=".1%"),
        ],
    )
    chart = (
        alt.layer(band, line, data=curves.replace({"method": TITLES}))
        .facet(column=alt.Column("images:N", title=None))
        .resolve_scale(y="independent")
    )
    return finished(
        chart, "Accuracy by epoch", "Line: mean over the seeds; band: lowest to highest"
    )
