"""The charts that go class by class, from the most frequent to the rarest."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from ...longtail.metrics import class_accuracies
from ..reporting.nodes import rank_classes
from ..style import finished, group_of_rank, spread
from .panels import GREY, INK, WIDTHS, erm_of, fixed_readings, panels, title_of
from .results import Results

WHISKERS = "Mean over the seeds; whiskers: standard deviation; grey: ERM"
SHADES = ["white", "#56B4E9", "#08306B"]


def class_accuracy_chart(
    results: dict[str, Results], class_counts: pd.DataFrame
) -> alt.TopLevelMixin:
    """Draws the test accuracy by class rank, a panel a method.

    Args:
        results: by method, in the order of the panels.
        class_counts: columns label, class_name, count, in label order.
    """
    groups = _groups(class_counts)
    accuracies = pd.concat(
        groups.assign(
            method=method,
            seed=reading.seed,
            accuracy=class_accuracies(reading.confusion)[groups["label"]],
        )
        for method, reading in fixed_readings(results)
    )
    return finished(
        _by_group(
            spread(accuracies, "accuracy", largest=1),
            {
                "title": "Test accuracy",
                "axis": alt.Axis(format="%"),
                "scale": alt.Scale(domain=[0, 1]),
            },
            columns=5,
        ),
        "Test accuracy by class rank",
        WHISKERS,
    )


def weight_norm_chart(
    results: dict[str, Results], class_counts: pd.DataFrame
) -> alt.TopLevelMixin:
    """Draws the norms of the last layer's weights by class rank.

    Args:
        results: by method; those that are trained have a panel, in this order.
        class_counts: columns label, class_name, count, in label order.
    """
    norms = pd.concat(
        result.classifiers.assign(method=title_of(name))
        for name, result in results.items()
        if result.classifiers is not None
    )
    of_network = norms.groupby(["method", "seed"])["weight_norm"]
    norms["relative"] = norms["weight_norm"] / of_network.transform("mean")
    norms = _groups(class_counts).merge(norms, on="label")
    return finished(
        _by_group(
            spread(norms, "relative", largest=np.inf),
            {"title": "Relative norm", "scale": alt.Scale(zero=False)},
            columns=4,
        ),
        "Norms of the last layer's weights by class rank",
        "Relative to the mean norm of the network. " + WHISKERS,
    )


def confusion_chart(
    results: dict[str, Results], class_counts: pd.DataFrame
) -> alt.TopLevelMixin:
    """Draws how often which class is taken for which, a panel a method.

    Args:
        results: by method, in the order of the panels.
        class_counts: columns label, class_name, count, in label order.
    """
    groups = _groups(class_counts)
    names = groups["group"].unique()
    shares = pd.concat(
        _shares(reading.confusion, groups).assign(method=method)
        for method, reading in fixed_readings(results)
    )
    keys = ["method", "true", "predicted"]
    shares = shares.groupby(keys, as_index=False, sort=False)["share"].mean()
    gathered = len(names) < len(groups)
    within = "; the diagonal has the mistakes within a group too" if gathered else ""
    return finished(
        panels(_cells(names.tolist()), shares, columns=5, height=WIDTHS[5]),
        "Which classes are taken for which",
        "Classes by rank; each row adds up to 100%; means over the seeds" + within,
    )


def _cells(groups: list[str]) -> alt.Chart:
    """Draws columns true, predicted (groups, in this order) and share."""
    axis = alt.Axis(
        values=groups[::3], labelAngle=0, labelExpr="split(datum.label, ' · ')[0]"
    )
    share = alt.Color("share:Q", title="Share of the true class's images")
    return (
        alt.Chart()
        .mark_rect(stroke="#DDDDDD", strokeWidth=0.5)
        .encode(
            x=alt.X(
                "predicted:N", title="Predicted class rank", sort=groups, axis=axis
            ),
            y=alt.Y("true:N", title="True class rank", sort=groups, axis=axis),
            color=share.scale(
                type="sqrt", domain=[0, 1], range=SHADES, interpolate="rgb"
            ).legend(
                format="%", values=[0, 0.01, 0.05, 0.25, 0.5, 1], gradientLength=300
            ),
            tooltip=[
                alt.Tooltip("true:N", title="True: ranks · images"),
                alt.Tooltip("predicted:N", title="Predicted"),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
            ],
        )
    )


def _groups(class_counts: pd.DataFrame) -> pd.DataFrame:
    """Returns columns label and group (its ranks and training images), by rank."""
    ranked = rank_classes(class_counts)
    group = group_of_rank(ranked["class_rank"])
    ends = ranked.groupby(group)[["class_rank", "count"]].agg(_first_to_last)
    names = ends["class_rank"] + " · " + ends["count"]
    return ranked[["label"]].assign(group=group.map(names))


def _first_to_last(numbers: pd.Series) -> str:
    return "–".join(f"{n:,}" for n in dict.fromkeys(numbers.iloc[[0, -1]]))


def _shares(confusion: np.ndarray, groups: pd.DataFrame) -> pd.DataFrame:
    """Returns columns true, predicted (groups), share (of the images of the true)."""
    belongs = pd.get_dummies(groups.set_index("label")["group"], dtype=int)
    belongs = belongs.sort_index()[groups["group"].unique()]
    images = belongs.T @ confusion @ belongs
    shares = images.div(images.sum(axis=1).clip(lower=1), axis=0)
    return (
        shares.rename_axis("true")
        .reset_index()
        .melt("true", var_name="predicted", value_name="share")
    )


def _by_group(table: pd.DataFrame, y: dict[str, Any], columns: int) -> alt.FacetChart:
    """Draws columns mean, low and high over column group, a panel a method."""
    order = table["group"].unique().tolist()
    axis = alt.Axis(
        values=order[::3], labelAngle=0, labelExpr="split(datum.label, ' · ')"
    )
    group = alt.X("group:N", title="Class rank, training images", sort=order, axis=axis)
    base = alt.Chart().encode(x=group, y=alt.Y("mean:Q", **y))
    behind = base.properties(data=erm_of(table)).mark_line(color=GREY, strokeWidth=3)
    whiskers = base.mark_rule(color=INK).encode(y=alt.Y("low:Q", **y), y2="high:Q")
    line = base.mark_line(color=INK, strokeWidth=1.5, point={"color": INK, "size": 25})
    read_out = [
        alt.Tooltip("method:N", title="Method"),
        alt.Tooltip("group:N", title="Ranks · images"),
        alt.Tooltip("mean:Q", title="mean", format=".3"),
        alt.Tooltip("std:Q", title="standard deviation", format=".3"),
    ]
    layers = behind + whiskers + line.encode(tooltip=read_out)
    return panels(layers, table, columns, height=170)
