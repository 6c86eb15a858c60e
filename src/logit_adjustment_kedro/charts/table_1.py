"""How the methods of Table 1 are told apart where they share a panel."""

import altair as alt

from ..longtail.methods import TABLE_1
from .style import TITLES

DOMAIN = [TITLES[name] for name in TABLE_1]
# Okabe and Ito's colours for the colour-blind, without the yellow that white swallows,
# in an order in which the first three differ in grey. Dashes and shapes come in other
# numbers than colours, so no two of many methods look alike.
COLOUR = alt.Color("method:N", title=None).scale(
    domain=DOMAIN,
    range=["#000000", "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"],
)
DASH = alt.StrokeDash("method:N", title=None).scale(
    domain=DOMAIN, range=[[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
)
SHAPE = alt.Shape("method:N", title=None).scale(
    domain=DOMAIN, range=["circle", "square", "triangle-up", "diamond", "cross"]
)
