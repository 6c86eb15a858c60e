"""The chart of the errors of the post-hoc methods over tau, their strength."""

import altair as alt
import numpy as np
import pandas as pd

from ...longtail.metrics import balanced_error
from ..style import finished
from .panels import GREY, INK, panels, title_of
from .results import FIXED, HELD_OUT, ORACLE, Results

TEST, KEPT = "test set", "training images held out"
# Label, shape, fill and size; the mark of what is no result is hollow.
CHOICES = {
    FIXED: ("a parameter", "circle", INK, 90),
    HELD_OUT: (f"chosen on the {KEPT}", "triangle-up", "#E69F00", 90),
    ORACLE: (
        f"chosen on the {TEST} (oracle): a bound, no result",
        "diamond",
        "transparent",
        240,
    ),
}


def tau_chart(results: dict[str, Results]) -> alt.TopLevelMixin:
    """Draws the balanced error over tau, a panel a post-hoc method."""
    table = pd.concat(
        part.assign(method=title_of(name))
        for name, result in results.items()
        if result.sweep
        for part in (_errors(result), _chosen(result))
    )
    erm = alt.Chart(_chosen(results["erm"])[["mean"]]).encode(y=_error())
    base = alt.Chart().encode(x=alt.X("tau:Q", title="τ"), y=_error())
    band = (
        base.transform_filter(alt.datum.images == TEST)
        .mark_area(opacity=0.2, color=INK)
        .encode(y=_error("low"), y2="high:Q")
    )
    behind = erm.mark_rule(color=GREY, strokeWidth=2)
    dashed = f"; dashed: mean on the {KEPT}" if KEPT in table["images"].array else ""
    return finished(
        panels(behind + band + _lines(base) + _marks(base, table), table, 2, 300),
        "Balanced error of the post-hoc methods, by τ",
        f"Line: mean over the seeds, on the {TEST}; band: lowest to highest{dashed}; "
        "grey: ERM",
        f"Marks: mean over the seeds of the τ taken, and of its error on the {TEST}",
    )


def _errors(result: Results) -> pd.DataFrame:
    """Returns columns images, tau, mean, low, high: the errors of all seeds."""
    sweep, tables = result.sweep, []
    for images, by_seed in ((TEST, sweep.test), (KEPT, sweep.held_out)):
        if by_seed:
            errors = 1 - np.nanmean(list(by_seed.values()), axis=2)
            ends = {"low": errors.min(axis=0), "high": errors.max(axis=0)}
            columns = {"tau": sweep.taus, "mean": errors.mean(axis=0), **ends}
            tables.append(pd.DataFrame(columns).assign(images=images))
    return pd.concat(tables)


def _chosen(result: Results) -> pd.DataFrame:
    """Returns columns choice, tau, mean (error on the test set): means of all seeds."""
    readings = pd.DataFrame(
        {
            "choice": CHOICES[reading.choice][0],
            "tau": reading.tau,
            "mean": balanced_error(reading.confusion),
        }
        for reading in result.readings
    )
    return readings.groupby("choice", as_index=False, sort=False).mean()


def _error(of: str = "mean") -> alt.Y:
    return alt.Y(f"{of}:Q", title="Balanced error").axis(format="%").scale(zero=False)


def _lines(base: alt.Chart) -> alt.Chart:
    dashes = alt.Scale(domain=[TEST, KEPT], range=[[1, 0], [4, 3]])
    return (
        base.transform_filter("isValid(datum.images)")
        .mark_line(color=INK, strokeWidth=1.5)
        .encode(
            strokeDash=alt.StrokeDash("images:N", scale=dashes, legend=None),
            tooltip=[
                alt.Tooltip("images:N", title="Error on the"),
                alt.Tooltip("tau:Q", title="τ", format=".2f"),
                alt.Tooltip("mean:Q", title="mean", format=".1%"),
                alt.Tooltip("low:Q", title="lowest", format=".1%"),
                alt.Tooltip("high:Q", title="highest", format=".1%"),
            ],
        )
    )


def _marks(base: alt.Chart, table: pd.DataFrame) -> alt.Chart:
    present = [c for c in CHOICES.values() if c[0] in table["choice"].array]
    labels, *styles = zip(*present, strict=True)
    shapes, fills, sizes = (alt.Scale(domain=labels, range=style) for style in styles)
    return (
        base.transform_filter("isValid(datum.choice)")
        .mark_point(stroke="black", strokeWidth=1.2, opacity=1)
        .encode(
            shape=alt.Shape("choice:N", title="τ", scale=shapes),
            fill=alt.Fill("choice:N", title="τ", scale=fills),
            size=alt.Size("choice:O", title="τ", scale=sizes),
            tooltip=[
                alt.Tooltip("choice:N", title="τ"),
                alt.Tooltip("tau:Q", title="mean τ", format=".2f"),
                alt.Tooltip("mean:Q", title="Balanced error, mean", format=".1%"),
            ],
        )
    )
