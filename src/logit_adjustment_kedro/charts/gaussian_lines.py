"""How the rules that are learned on two Gaussians are told apart, and from Bayes."""

import altair as alt
import pandas as pd

from ..evaluation.synthetic import RULE_TITLES

BAYES = "Bayes"
# Colour, dash and width of each line: where two coincide, a thin one lies on a wide
# one. Colours are Okabe and Ito's for the colour-blind.
LINES = {
    RULE_TITLES["erm"]: ("#000000", [1, 0], 2),
    RULE_TITLES["posthoc_logit_adjusted"]: ("#56B4E9", [1, 0], 6),
    RULE_TITLES["logit_adjusted"]: ("#0072B2", [5, 4], 2),
    RULE_TITLES["weight_normalised_bias_dropped"]: ("#E69F00", [9, 4], 6),
    RULE_TITLES["weight_normalised_bias_normalised"]: ("#CC79A7", [1, 0], 6),
    RULE_TITLES["weight_normalised_bias_kept"]: ("#009E73", [9, 4], 2),
    BAYES: ("#000000", [2, 3], 2),
}
METHOD = "method:N"
COLOURS, DASHES, WIDTHS = (
    alt.Scale(type="ordinal", domain=list(LINES), range=list(styles))
    for styles in zip(*LINES.values(), strict=True)
)
SYMBOL = alt.Legend(symbolType="stroke", symbolSize=800, columns=3)
LINE_STYLE = {
    "color": alt.Color(METHOD, title=None, scale=COLOURS, legend=SYMBOL),
    "strokeDash": alt.StrokeDash(METHOD, title=None, scale=DASHES, legend=SYMBOL),
    "strokeWidth": alt.StrokeWidth("method:O", title=None, scale=WIDTHS, legend=SYMBOL),
}


def as_lines(table: pd.DataFrame) -> pd.DataFrame:
    """Returns a table with titles in its column method, the widest lines first.

    What comes later is drawn on top. Bayes stays as it is.
    """
    order = {title: -width for title, (_, _, width) in LINES.items()}
    return table.replace({"method": RULE_TITLES}).sort_values(
        "method", key=lambda titles: titles.map(order), kind="stable"
    )
