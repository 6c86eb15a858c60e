"""The chart of how sure the methods are, and how right."""

import altair as alt
import pandas as pd

from ..evaluation.readings import Choice, Readings
from ..longtail.calibration import CALIBRATION_BINS, calibration_error
from .panels import GREY, INK, WIDTHS, baseline, baseline_of, panels
from .style import titled

SIZE = WIDTHS[5]


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the accuracy over the confidence, a panel a method."""
    table = readings.with_titles(_by_bin(readings))
    whole = {
        "axis": alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
        "scale": alt.Scale(domain=[0, 1.06]),  # room for the points at 1
    }
    base = alt.Chart().encode(
        x=alt.X("confidence:Q", title="Confidence", **whole),
        y=alt.Y("accuracy:Q", title="Test accuracy", **whole),
    )
    ends = pd.DataFrame({"confidence": [0, 1], "accuracy": [0, 1]})
    diagonal = base.properties(data=ends).mark_line(
        color="black", strokeWidth=1, strokeDash=[3, 3]
    )
    behind = base.properties(data=baseline_of(table)).mark_line(
        color=GREY, strokeWidth=3
    )
    line = base.mark_line(color=INK, strokeWidth=1, opacity=0.5)
    as_tested = readings.is_balanced and readings.is_for_uniform
    weighed = "" if as_tested else ", images weighed to the mix that is predicted"
    layers = diagonal + behind + line + _points(base) + _error()
    return titled(
        panels(layers, table, columns=5, height=SIZE),
        "Accuracy by confidence",
        f"{CALIBRATION_BINS} bins of equal width, of all seeds"
        f"{weighed}; on the dashed line, confidence is right; grey: {baseline(table)}",
        "Calibration error: mean over the seeds",
    )


def _by_bin(readings: Readings) -> pd.DataFrame:
    """Returns columns method, confidence, accuracy, share, error (of the method)."""
    columns = ["images", "confidence", "right"]
    bins = pd.concat(
        pd.DataFrame(readings.bins[answers.Index], columns=columns).assign(
            method=answers.method, error=calibration_error(readings.bins[answers.Index])
        )
        for answers in readings.of(choice=Choice.FIXED).itertuples()
    )
    bins = bins.rename_axis("bin").groupby(["method", "bin"], sort=False)
    table = bins.sum().assign(error=bins["error"].mean()).query("images > 0")
    images = table["images"]
    return pd.DataFrame(
        {
            "confidence": table["confidence"] / images,
            "accuracy": table["right"] / images,
            "share": images / images.groupby("method").transform("sum"),
            "error": table["error"].map("Calibration error {:.1%}".format),
        }
    ).reset_index()


def _points(base: alt.Chart) -> alt.Chart:
    return base.mark_circle(color=INK, opacity=1).encode(
        size=alt.Size("share:Q", title="Share of the test images")
        .scale(range=[0, 200])
        .legend(format="%", values=[0.01, 0.1, 0.5]),
        tooltip=[
            alt.Tooltip("method:N", title="Method"),
            alt.Tooltip("confidence:Q", title="Confidence, mean", format=".1%"),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".1%"),
            alt.Tooltip("share:Q", title="Share of the images", format=".1%"),
        ],
    )


def _error() -> alt.Chart:
    """Writes the calibration error in the lower right corner, once a panel."""
    return (
        alt.Chart()
        .transform_aggregate(groupby=["error"])
        .mark_text(align="right", baseline="bottom")
        .encode(x=alt.value(SIZE), y=alt.value(SIZE - 4), text="error:N")
    )
