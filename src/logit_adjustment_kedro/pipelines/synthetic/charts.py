"""The charts of the synthetic experiment: Altair, one function a chart."""

import altair as alt
import pandas as pd

from ...longtail.gaussians import BAYES_ERROR, BAYES_RULE
from ...longtail.methods import METHODS
from ..style import finished

TITLES = {name: method.title for name, method in METHODS.items()}
BAYES = "Bayes"
# Colour, dash and width of each line: where two coincide, a thin one lies on a wide
# one. Colours are Okabe and Ito's for the colour-blind.
LINES = {
    TITLES["erm"]: ("#000000", [1, 0], 2),
    TITLES["weight_normalised"]: ("#E69F00", [9, 4], 6),
    TITLES["posthoc_logit_adjusted"]: ("#56B4E9", [1, 0], 6),
    TITLES["logit_adjusted"]: ("#0072B2", [5, 4], 2),
    BAYES: ("#000000", [2, 3], 2),
}
METHOD = "method:N"
COLOURS, DASHES, WIDTHS = (
    alt.Scale(type="ordinal", domain=list(LINES), range=list(styles))
    for styles in zip(*LINES.values(), strict=True)
)
SYMBOL = alt.Legend(symbolType="stroke", symbolSize=800)
LINE_STYLE = {
    "color": alt.Color(METHOD, title=None, scale=COLOURS, legend=SYMBOL),
    "strokeDash": alt.StrokeDash(METHOD, title=None, scale=DASHES, legend=SYMBOL),
    "strokeWidth": alt.StrokeWidth("method:O", title=None, scale=WIDTHS, legend=SYMBOL),
}
CLASSES = ["Negative", "Positive"]
POINT_STYLE = {
    "fill": alt.Fill("label:N", title=None)
    .scale(domain=CLASSES, range=["#BBBBBB", "#D55E00"])
    .legend(symbolStrokeWidth=0, orient="bottom"),
    "shape": alt.Shape("label:N", title=None)
    .scale(domain=CLASSES, range=["circle", "triangle-up"])
    .legend(symbolStrokeWidth=0, orient="bottom"),
}
REACH, ENLARGED_REACH = 4, 0.2


def synthetic_chart(table: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the balanced error by tau.

    Args:
        table: columns method, tau, balanced_error, balanced_error_std, trials.
    """
    base = alt.Chart(_curves(table), width=680, height=380).encode(
        x=alt.X("tau:Q", title="τ")
    )
    band = base.mark_area(opacity=0.15).encode(
        y=alt.Y("low:Q", title="Balanced error").axis(format=".0%").scale(zero=False),
        y2="high:Q",
        color=LINE_STYLE["color"],
    )
    line = base.mark_line().encode(
        y="balanced_error:Q",
        tooltip=[
            alt.Tooltip(METHOD, title="Method"),
            alt.Tooltip("tau:Q", title="τ"),
            alt.Tooltip("balanced_error:Q", title="Balanced error, mean", format=".2%"),
            alt.Tooltip(
                "balanced_error_std:Q", title="standard deviation", format=".2%"
            ),
        ],
        **LINE_STYLE,
    )
    return finished(
        band + line,
        "Balanced error on two Gaussians, by τ",
        f"Exact errors of rules learned in {table['trials'].iloc[0]} trials; line: "
        "mean; band: standard deviation",
        "The logit-adjusted loss finds what post-hoc adjustment finds",
        "Weight normalisation drops the bias: by symmetry that is Bayes here, at any τ",
    )


def boundaries_chart(points: pd.DataFrame, rules: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws points and decision boundaries, and beside them the middle enlarged.

    Args:
        points: columns x1, x2, label (of `CLASSES`).
        rules: columns method, w1, w2, b; see `gaussians` on linear rules.
    """
    bayes = pd.DataFrame([BAYES_RULE], columns=["w1", "w2", "b"]).assign(method=BAYES)
    lines = pd.concat([rules, bayes]).replace({"method": TITLES})
    ends = lines.merge(pd.DataFrame({"x1": [-REACH, REACH]}), how="cross")
    ends["x2"] = -(ends["w1"] * ends["x1"] + ends["b"]) / ends["w2"]
    whole = _panel(points, ends, REACH, "Training points, and the rules learned")
    middle = _panel(points, ends, ENLARGED_REACH, "The middle, 20 times as large")
    return finished(
        whole | middle,
        "Decision boundaries of one trial, at τ = 1",
        f"{len(points):,} of the training points; positive is what lies above a line",
        "Post-hoc adjustment and the logit-adjusted loss share a line; so, but for "
        "noise, do weight normalisation and Bayes",
    )


def _curves(table: pd.DataFrame) -> pd.DataFrame:
    """Returns method (a title), tau, balanced_error, balanced_error_std, low, high.

    With a row at both ends of the axis for what does not depend on tau.
    """
    by_tau = table[table["method"] != "erm"]
    erm = table[table["method"] == "erm"].drop(columns="tau")
    bayes = pd.DataFrame({"method": [BAYES], "balanced_error": BAYES_ERROR})
    flat = pd.concat([erm, bayes]).merge(table["tau"].agg(["min", "max"]), how="cross")
    curves = pd.concat([by_tau, flat]).replace({"method": TITLES})
    return curves.assign(
        low=curves["balanced_error"] - curves["balanced_error_std"],
        high=curves["balanced_error"] + curves["balanced_error_std"],
    )


def _panel(
    points: pd.DataFrame, ends: pd.DataFrame, reach: float, title: str
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
    line = base.mark_line(clip=True).encode(tooltip=METHOD, **LINE_STYLE)
    layers = dots.properties(data=points.sort_values("label")) + line.properties(
        data=ends
    )
    return layers.properties(title=alt.Title(title, anchor="start"))
