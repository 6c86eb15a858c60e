"""What all charts have in common."""

import altair as alt
import pandas as pd

from ..longtail.methods import METHODS

MAX_GROUPS = 10
CURVE_TOOLTIP = [  # what a point of a curve says: its mean and range over the seeds
    alt.Tooltip("method:N", title="Method"),
    alt.Tooltip("epoch:Q", title="Epoch"),
    alt.Tooltip("mean:Q", title="Accuracy, mean", format=".1%"),
    alt.Tooltip("low:Q", title="lowest", format=".1%"),
    alt.Tooltip("high:Q", title="highest", format=".1%"),
]
TITLES = {name: method.title for name, method in METHODS.items()}


def titled(chart: alt.TopLevelMixin, title: str, *subtitle: str) -> alt.TopLevelMixin:
    """Gives a chart its title, lines of explanation, and the looks of all charts."""
    return (
        chart.properties(
            title=alt.Title(title, subtitle=subtitle, anchor="start", offset=12)
        )
        .configure_legend(
            orient="top", titleOrient="left", labelLimit=0, symbolOpacity=1
        )
        .configure_axisX(grid=False)
        .configure_view(stroke=None)
    )


def with_titles(table: pd.DataFrame) -> pd.DataFrame:
    """Returns a table whose column method has titles in place of the registry's names.

    What is no name in the registry stays as it is.
    """
    return table.replace({"method": TITLES})


def group_of_rank(class_rank: pd.Series) -> pd.Series:
    """Gathers many classes, by rank from 1, in ten groups of equal size, from 0.

    Ten classes, or fewer, are a group each.
    """
    num_classes = class_rank.max()
    return (class_rank - 1) * min(MAX_GROUPS, num_classes) // num_classes


def mean_and_std(table: pd.DataFrame, of: str, largest: float) -> pd.DataFrame:
    """Returns the mean of a column and its standard deviation over the seeds.

    Args:
        table: columns method, group, seed, and the one to describe.
        of: the name of that one; of a group, its mean counts.
        largest: what it can be at most.

    Returns:
        Columns method, group, mean, std, and low and high: a standard deviation from
        the mean, but within what is possible.
    """
    by_seed = table.groupby(["method", "group", "seed"], sort=False)[of].mean()
    by_group = by_seed.groupby(["method", "group"], sort=False).agg(["mean", "std"])
    return by_group.assign(
        low=(by_group["mean"] - by_group["std"]).clip(lower=0),
        high=(by_group["mean"] + by_group["std"]).clip(upper=largest),
    ).reset_index()
