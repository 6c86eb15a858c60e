"""What the charts share that go epoch by epoch."""

import altair as alt

from ..evaluation.readings import Readings

FEW = 10  # epochs: a curve of so many has a point at each
READ_OUT = [  # what a point of a curve says: its mean and range over the seeds
    alt.Tooltip("method:N", title="Method"),
    alt.Tooltip("epoch:Q", title="Epoch"),
    alt.Tooltip("mean:Q", title="Accuracy, mean", format=".1%"),
    alt.Tooltip("low:Q", title="lowest", format=".1%"),
    alt.Tooltip("high:Q", title="highest", format=".1%"),
]


def alike(readings: Readings) -> str:
    """Says what the accuracy of a curve is where the test set is not balanced."""
    if readings.is_balanced:
        return ""
    return "Accuracy weighs images alike, and so favours frequent classes. "


def curves_of(base: alt.Chart, most: int) -> alt.Chart:
    """Leaves the curves of few epochs: of a single one, no line and no band is seen.

    Args:
        base: columns method and epoch; draws a curve a method.
        most: so many epochs, or fewer, a curve has that stays.
    """
    return base.transform_joinaggregate(
        epochs="count()", groupby=["method"]
    ).transform_filter(f"datum.epochs <= {most}")
