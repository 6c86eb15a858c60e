"""How the rules that are learned on two Gaussians are told apart, and from Bayes."""

import altair as alt

from .style import TITLES

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
