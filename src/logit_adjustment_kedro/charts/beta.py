"""Figure 1: the chart of the effective class probability."""

from typing import Any

import altair as alt
import pandas as pd

from .classes import SEPARATOR, class_axis
from .style import titled

MOST_BARS = 20  # classes; bars of more, side by side, are too thin to tell apart
WIDTH, STEPS_WIDTH, HEIGHT = 600, 1000, 300
RANK = "Class rank (1: most frequent)"
NAMED = f"{RANK}, and class name"


def draw(effective_probabilities: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the effective class probability by class rank and beta.

    Args:
        effective_probabilities: columns class_rank, class_name, beta, probability.
    """
    many = effective_probabilities["class_rank"].nunique() > MOST_BARS
    return titled(
        (_steps if many else _bars)(effective_probabilities),
        "Effective class probability",
        "β = 1: share of the training images; β = 0: the same for every class",
    )


def _bars(table: pd.DataFrame) -> alt.Chart:
    """Draws the betas side by side."""
    betas = table["beta"].unique().tolist()
    named = table["class_rank"].astype(str) + SEPARATOR + table["class_name"]
    order = named.unique().tolist()
    return (
        alt.Chart(table.assign(named=named), width=WIDTH, height=HEIGHT)
        .mark_bar()
        .encode(
            x=alt.X("named:N", sort=order, axis=class_axis(order, 2, WIDTH, NAMED)),
            xOffset=alt.XOffset("beta:O", sort=betas),
            y=_probability().stack(None),
            color=_colour(betas),
            tooltip=[
                alt.Tooltip("class_name:N", title="Class"),
                alt.Tooltip("class_rank:Q", title="Rank"),
                alt.Tooltip("beta:Q", title="β"),
                alt.Tooltip("probability:Q", title="Probability", format=".3%"),
            ],
        )
    )


def _steps(table: pd.DataFrame) -> alt.LayerChart:
    """Draws a line a beta, with a step a class."""
    betas = table["beta"].unique().tolist()
    by_class = table.groupby(["class_rank", "class_name"], as_index=False, sort=False)
    classes = by_class[["beta", "probability"]].agg(list)
    ends = [0.5, len(classes) + 0.5]
    rank = {"title": RANK, "scale": alt.Scale(domain=ends, nice=False)}
    lines = (
        alt.Chart()
        .transform_flatten(["beta", "probability"])
        .mark_line(interpolate="step", strokeWidth=2)
        .encode(
            x=alt.X("class_rank:Q", **rank),
            y=_probability(),
            color=_colour(betas),
        )
    )
    layers = lines + _read_out(betas, rank)
    return layers.properties(data=classes, width=STEPS_WIDTH, height=HEIGHT)


def _read_out(betas: list[float], rank: dict[str, Any]) -> alt.Chart:
    """Lies over all, unseen, and says what there is of the class below the pointer."""
    probabilities = [
        alt.Tooltip(f"probability[{at}]:Q", title=f"β = {beta:g}", format=".3%")
        for at, beta in enumerate(betas)
    ]
    return (
        alt.Chart()
        .transform_calculate(
            start="datum.class_rank - 0.5", end="datum.class_rank + 0.5"
        )
        .mark_rect(opacity=0)
        .encode(
            x=alt.X("start:Q", **rank),
            x2="end:Q",
            y=alt.value(0),
            y2=alt.value(HEIGHT),
            tooltip=[
                alt.Tooltip("class_name:N", title="Class"),
                alt.Tooltip("class_rank:Q", title="Rank"),
                *probabilities,
            ],
        )
    )


def _probability() -> alt.Y:
    return alt.Y("probability:Q", title="Effective class probability").axis(format="%")


def _colour(betas: list[float]) -> alt.Color:
    return alt.Color("beta:O", title="β", sort=betas).scale(scheme="plasma")
