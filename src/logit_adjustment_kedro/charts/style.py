"""What all charts have in common."""

import altair as alt
import pandas as pd

from ..longtail.methods import METHODS

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


def spread_of(table: pd.DataFrame) -> str:
    """Says what whiskers over a table of `mean_and_std` show."""
    if table["std"].isna().all():
        return "Of one seed"
    return "Mean over the seeds; whiskers: standard deviation"
