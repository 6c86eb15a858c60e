"""The chart of what is learned on two Gaussians: lines through the plane."""

import altair as alt
import pandas as pd

from ..evaluation.synthetic import Synthetic, first_trial
from ..longtail.gaussians import BAYES_RULE
from .gaussian_lines import BAYES, LINE_STYLE, METHOD, as_lines
from .style import titled

POINTS_DRAWN = 1000
CLASSES = {0: "Negative", 1: "Positive"}
POINT_STYLE = {
    "fill": alt.Fill("label:N", title=None)
    .scale(domain=[*CLASSES.values()], range=["#BBBBBB", "#D55E00"])
    .legend(symbolStrokeWidth=0, orient="bottom"),
    "shape": alt.Shape("label:N", title=None)
    .scale(domain=[*CLASSES.values()], range=["circle", "triangle-up"])
    .legend(symbolStrokeWidth=0, orient="bottom"),
}
REACH, ENLARGED_REACH = 4, 0.2


def draw(synthetic: Synthetic) -> alt.TopLevelMixin:
    """Draws points of the first trial, the rules learned, and the middle enlarged."""
    points, rules = first_trial(synthetic, tau=1.0)
    points = points.head(POINTS_DRAWN)
    points = points.assign(label=points["label"].map(CLASSES))
    bayes = pd.DataFrame([BAYES_RULE], columns=["w1", "w2", "b"]).assign(method=BAYES)
    lines = as_lines(pd.concat([rules, bayes]))
    whole = _panel(points, lines, REACH, "Training points, and the rules learned")
    middle = _panel(points, lines, ENLARGED_REACH, "The middle, 20 times as large")
    return titled(
        whole | middle,
        "Decision boundaries of one trial, at τ = 1",
        f"{len(points):,} of the training points; positive is what lies above a line",
        "Post-hoc adjustment and the logit-adjusted loss share a line",
        "So do ERM and the paper's weight normalisation, which normalises the bias too",
        "So, but for noise, do Bayes and that of Kang et al., who drop the bias",
    )


def _panel(
    points: pd.DataFrame, lines: pd.DataFrame, reach: float, title: str
) -> alt.LayerChart:
    """Draws what lies within `reach` of the origin."""
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    base = alt.Chart(width=400, height=400).encode(
        x=alt.X("x1:Q", title="x₁", scale=scale),
        y=alt.Y("x2:Q", title="x₂", scale=scale),
    )
    dots = base.mark_point(clip=True, size=28, strokeWidth=0, opacity=1).encode(
        **POINT_STYLE
    )
    # No further: a PNG takes its time for dashes, also where they are clipped away.
    ends = lines.merge(pd.DataFrame({"x1": [-reach, reach]}), how="cross")
    ends["x2"] = -(ends["w1"] * ends["x1"] + ends["b"]) / ends["w2"]
    line = base.mark_line(clip=True).encode(
        tooltip=[
            alt.Tooltip(METHOD, title="Method"),
            *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("w1", "w2", "b")),
        ],
        **LINE_STYLE,
    )
    dots = dots.properties(data=points.sort_values("label", kind="stable"))
    layers = dots + line.properties(data=ends)
    return layers.properties(title=alt.Title(title, anchor="start"))
