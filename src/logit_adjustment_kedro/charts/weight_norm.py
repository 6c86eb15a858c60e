"""The chart of the norms of the last layer's weights."""

import altair as alt
import numpy as np

from ..evaluation.readings import Readings
from .by_rank import groups_by_rank, lines_by_group, whiskers
from .style import mean_and_std, titled


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the norms by class rank, a panel a trained method."""
    norms = readings.last_layers
    of_network = norms.groupby(["method", "seed"])["weight_norm"]
    norms = norms.assign(relative=norms["weight_norm"] / of_network.transform("mean"))
    norms = groups_by_rank(readings.class_counts).merge(norms, on="label")
    table = mean_and_std(readings.with_titles(norms), "relative", largest=np.inf)
    norm = {"title": "Relative norm", "scale": alt.Scale(zero=False)}
    return titled(
        lines_by_group(table, norm, columns=4),
        "Norms of the last layer's weights by class rank",
        "Relative to the mean norm of the network. " + whiskers(table),
    )
