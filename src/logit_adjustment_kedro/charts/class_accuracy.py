"""The chart of the accuracy on each class."""

import altair as alt

from ..evaluation.measures import class_accuracy
from ..evaluation.readings import Readings
from .by_rank import groups_by_rank, lines_by_group, whiskers
from .style import mean_and_std, titled


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the test accuracy by class rank, a panel a method."""
    accuracies = class_accuracy(readings).merge(
        groups_by_rank(readings.class_counts), on="label"
    )
    accuracy = {
        "title": "Test accuracy",
        "axis": alt.Axis(format="%"),
        "scale": alt.Scale(domain=[0, 1]),
    }
    table = mean_and_std(readings.with_titles(accuracies), "accuracy", largest=1)
    return titled(
        lines_by_group(table, accuracy, columns=5),
        "Test accuracy by class rank",
        whiskers(table),
    )
