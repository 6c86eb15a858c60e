"""The chart of the errors on two Gaussians over tau."""

import altair as alt
import pandas as pd

from ..longtail.gaussians import BAYES_ERROR
from .gaussian_lines import BAYES, LINE_STYLE, METHOD, as_lines
from .style import titled


def draw(synthetic_table: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the balanced error by tau, with the Bayes error as the line to reach.

    Args:
        synthetic_table: columns method, tau, balanced_error, balanced_error_std,
            trials.
    """
    base = alt.Chart(_curves(synthetic_table), width=680, height=380).encode(
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
    trials = synthetic_table["trials"].iloc[0]
    return titled(
        band + line,
        "Balanced error on two Gaussians, by τ",
        f"Exact errors of rules learned in {trials} trials; line: "
        "mean; band: standard deviation",
        "The logit-adjusted loss finds what post-hoc adjustment finds",
        "The paper's weight normalisation includes the bias: that is ERM at any τ",
        "Kang et al. drop the bias: by symmetry that is Bayes here; kept, it moves the "
        "boundary further away",
    )


def _curves(table: pd.DataFrame) -> pd.DataFrame:
    """Returns method (a title), tau, balanced_error, balanced_error_std, low, high.

    With a row at both ends of the axis for what does not depend on tau.
    """
    by_tau = table[table["method"] != "erm"]
    erm = table[table["method"] == "erm"].drop(columns="tau")
    bayes = pd.DataFrame({"method": [BAYES], "balanced_error": BAYES_ERROR})
    flat = pd.concat([erm, bayes]).merge(table["tau"].agg(["min", "max"]), how="cross")
    curves = as_lines(pd.concat([by_tau, flat]))
    return curves.assign(
        low=curves["balanced_error"] - curves["balanced_error_std"],
        high=curves["balanced_error"] + curves["balanced_error_std"],
    )
