"""The chart of the errors of the post-hoc methods over tau, their strength."""

import altair as alt
import pandas as pd

from ..evaluation.readings import Choice, Readings
from ..longtail.mixes import accuracy_in_mix, mean_in_mix
from ..runs import Part
from .panels import GREY, INK, panels
from .style import titled

TEST, ASIDE, KEPT = "test set", "validation images", "training images held out"
IMAGES = {Part.TEST: TEST, Part.VALIDATION: ASIDE, Part.HELD_OUT: KEPT}
DASHES = {TEST: [1, 0], ASIDE: [1, 3], KEPT: [4, 3]}
# Label, shape, fill and size; the mark of what is no result is hollow.
CHOICES = {
    Choice.FIXED: ("a parameter", "circle", INK, 90),
    Choice.VALIDATION: (f"chosen on the {ASIDE}", "square", "#009E73", 90),
    Choice.HELD_OUT: (f"chosen on the {KEPT}", "triangle-up", "#E69F00", 90),
    Choice.ORACLE: (
        f"chosen on the {TEST} (oracle): a bound, no result",
        "diamond",
        "transparent",
        240,
    ),
    Choice.ORACLE_PER_SEED: (
        "the same, for each seed its own",
        "cross",
        "transparent",
        240,
    ),
}


def draw(readings: Readings) -> alt.TopLevelMixin:
    """Draws the error in the mix that is predicted over tau, a panel a method."""
    what = "Balanced error" if readings.is_for_uniform else "Error in the mix"
    chosen = _chosen(readings)
    adjusting = chosen["method"].isin(readings.adjusts)
    table = pd.concat([_errors(readings), chosen[adjusting]])
    error_of = chosen[~adjusting].set_index("method")["mean"]
    plain = {name: error_of[of] for name, of in readings.adjusts.items()}
    table = readings.with_titles(table.assign(plain=table["method"].map(plain)))
    base = alt.Chart().encode(x=alt.X("tau:Q", title="τ"), y=_error(what))
    band = (
        base.transform_filter(alt.datum.images == TEST)
        .mark_area(opacity=0.2, color=INK)
        .encode(y=_error(what, "low"), y2="high:Q")
    )
    behind = (
        alt.Chart()
        .transform_aggregate(groupby=["plain"])
        .mark_rule(color=GREY, strokeWidth=2)
        .encode(y=_error(what, "plain"))
    )
    present = {*table["images"].dropna()}
    told = {ASIDE: "dotted", KEPT: "dashed"}
    others = [f"; {dash}: mean on the {i}" for i, dash in told.items() if i in present]
    return titled(
        panels(behind + band + _lines(base) + _marks(base, table), table, 2, 300),
        f"{what} of the post-hoc methods, by τ",
        f"Line: mean over the seeds, on the {TEST}; band: lowest to highest"
        f"{''.join(others)}; grey: not adjusted",
        f"Marks: mean over the seeds of the τ taken, and of its error on the {TEST}",
    )


def _errors(readings: Readings) -> pd.DataFrame:
    """Returns columns method, images, tau, mean, low, high: the errors of all seeds."""
    keys = ["method", "part", "tau"]
    by_class = readings.sweeps.set_index([*keys, "seed", "label"])["accuracy"].unstack()
    means = mean_in_mix(by_class.to_numpy(), readings.target_shares)
    by_seed = 1 - pd.Series(means, by_class.index)
    by_tau = by_seed.groupby(keys, sort=False).agg(mean="mean", low="min", high="max")
    order = [*readings.titles].index
    errors = by_tau.reset_index().sort_values(
        "method", key=lambda names: names.map(order), kind="stable"
    )
    return errors.assign(images=errors["part"].map(IMAGES)).drop(columns="part")


def _chosen(readings: Readings) -> pd.DataFrame:
    """Returns columns method, choice, tau, mean (error on the test set) over seeds."""
    answers = readings.of()
    chosen = pd.DataFrame(
        {
            "method": answers["method"],
            "choice": [CHOICES[Choice(choice)][0] for choice in answers["choice"]],
            "tau": answers["tau"],
            "mean": [
                1 - accuracy_in_mix(readings.confusions[i], readings.target_shares)
                for i in answers.index
            ],
        }
    )
    return chosen.groupby(["method", "choice"], as_index=False, sort=False).mean()


def _error(what: str, of: str = "mean") -> alt.Y:
    return alt.Y(f"{of}:Q", title=what).axis(format="%").scale(zero=False)


def _lines(base: alt.Chart) -> alt.Chart:
    dashes = alt.Scale(domain=[*DASHES], range=[*DASHES.values()])
    return (
        base.transform_filter("isValid(datum.images)")
        .mark_line(color=INK, strokeWidth=1.5)
        .encode(
            strokeDash=alt.StrokeDash("images:N", scale=dashes, legend=None),
            tooltip=[
                alt.Tooltip("method:N", title="Method"),
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
                alt.Tooltip("method:N", title="Method"),
                alt.Tooltip("choice:N", title="τ"),
                alt.Tooltip("tau:Q", title="mean τ", format=".2f"),
                alt.Tooltip("mean:Q", title="Error, mean", format=".1%"),
            ],
        )
    )
