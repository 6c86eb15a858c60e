"""Figure 1: the chart of the effective class probability."""

import altair as alt
import pandas as pd

from .style import titled


def draw(effective_probabilities: pd.DataFrame) -> alt.TopLevelMixin:
    """Draws the effective class probability by class rank, side by side by beta.

    Args:
        effective_probabilities: columns class_rank, class_name, beta, probability.
    """
    betas = effective_probabilities["beta"].unique().tolist()
    num_classes = effective_probabilities["class_rank"].nunique()
    many = num_classes > 20
    ticks = [1, *range(10, num_classes + 1, 10)] if many else alt.Undefined
    width = max(600, 10 * num_classes)
    chart = (
        alt.Chart(effective_probabilities, width=width, height=300)
        .mark_bar()
        .encode(
            x=alt.X("class_rank:O", title="Class rank (1: most frequent)").axis(
                values=ticks, labelAngle=0
            ),
            xOffset=alt.XOffset("beta:O", sort=betas),
            y=alt.Y("probability:Q", title="Effective class probability")
            .axis(format="%")
            .stack(None),
            color=alt.Color("beta:O", title="β", sort=betas).scale(scheme="plasma"),
            tooltip=[
                alt.Tooltip("class_name:N", title="Class"),
                alt.Tooltip("class_rank:Q", title="Rank"),
                alt.Tooltip("beta:Q", title="β"),
                alt.Tooltip("probability:Q", title="Probability", format=".3%"),
            ],
        )
    )
    return titled(
        chart,
        "Effective class probability",
        "β = 1: share of the training images; β = 0: the same for every class",
    )
