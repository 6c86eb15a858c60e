"""The chart of which classes are taken for which."""

import altair as alt
import numpy as np
import pandas as pd

from ..evaluation.readings import Choice, Readings
from .by_rank import are_single, groups_by_rank, names_axis, ranks_axis
from .panels import WIDTHS, panels
from .style import titled

SHADES = ["white", "#56B4E9", "#08306B"]


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws how often which class is taken for which, a panel a method."""
    groups = groups_by_rank(readings.class_counts)
    names = groups["group"].unique()
    shares = pd.concat(
        _shares(readings.confusions[answers.Index], groups).assign(
            method=answers.method
        )
        for answers in readings.of(choice=Choice.FIXED).itertuples()
    )
    keys = ["method", "true", "predicted"]
    shares = shares.groupby(keys, as_index=False, sort=False)["share"].mean()
    gathered = len(names) < len(groups)
    within = "; the diagonal has the mistakes within a group too" if gathered else ""
    cells = _cells(names.tolist())
    return titled(
        panels(cells, readings.with_titles(shares), columns=5, height=WIDTHS[5]),
        "Which classes are taken for which",
        "Classes by rank; each row adds up to 100%; means over the seeds" + within,
    )


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


def _cells(groups: list[str]) -> alt.Chart:
    """Draws columns true, predicted (groups, in this order) and share."""
    if are_single(groups):
        room, of = WIDTHS[5] / len(groups), "class"
        below, beside = names_axis(2, 270, room), names_axis(2, 0, room)
    else:
        of = "class rank"
        below = beside = ranks_axis(groups, 1, WIDTHS[5])
    share = alt.Color("share:Q", title="Share of the true class's images")
    return (
        alt.Chart()
        .mark_rect(stroke="#DDDDDD", strokeWidth=0.5)
        .encode(
            x=alt.X("predicted:N", title=f"Predicted {of}", sort=groups, axis=below),
            y=alt.Y("true:N", title=f"True {of}", sort=groups, axis=beside),
            color=share.scale(
                type="sqrt", domain=[0, 1], range=SHADES, interpolate="rgb"
            ).legend(
                format="%", values=[0, 0.01, 0.05, 0.25, 0.5, 1], gradientLength=300
            ),
            tooltip=[
                alt.Tooltip("method:N", title="Method"),
                alt.Tooltip("true:N", title="True: ranks · images · classes"),
                alt.Tooltip("predicted:N", title="Predicted"),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
            ],
        )
    )
