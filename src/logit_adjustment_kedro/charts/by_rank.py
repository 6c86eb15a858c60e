"""What the charts share that go class by class, the most frequent first."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from ..longtail.groups import rank_classes
from .classes import LONGEST, SEPARATOR, few_of, group_of_rank, widest
from .panels import GREY, INK, WIDTHS, baseline, baseline_of, panels
from .style import spread_of

MOST_SINGLE = 20  # classes that a panel has room for
LABELLED = 4  # of groups, at most: those with a label
BESIDE = 70  # pixels of a name beside a row; of a longer one, the pointer is told


def groups_by_rank(class_counts: pd.DataFrame) -> pd.DataFrame:
    """Gathers the classes in groups, where a panel has no room for single ones.

    Args:
        class_counts: columns label, class_name, count, in label order.

    Returns:
        Columns label and group (its ranks, training images and classes, as text), by
        rank.
    """
    ranked = rank_classes(class_counts)
    group = group_of_rank(ranked["class_rank"], MOST_SINGLE)
    parts = ranked.groupby(group).agg(
        {"class_rank": _first_to_last, "count": _first_to_last, "class_name": few_of}
    )
    return ranked[["label"]].assign(group=group.map(parts.agg(SEPARATOR.join, axis=1)))


def whiskers(table: pd.DataFrame) -> str:
    """Says what `lines_by_group` draws of a table."""
    return f"{spread_of(table)}; grey: {baseline(table)}"


def are_single(groups: Sequence[str]) -> bool:
    """Says whether each of the groups, by rank, is a single class."""
    return groups[-1].partition(SEPARATOR)[0] == str(len(groups))


def names_axis(skipped: int, angle: int, room: float) -> alt.Axis:
    """Writes the last parts of all single classes.

    Args:
        skipped: how many first ones not to write.
        angle: 270 turns them; 0 is for those beside rows.
        room: pixels from one class to the next.
    """
    parts = f"slice(split(datum.label, '{SEPARATOR}'), {skipped})"
    return alt.Axis(
        labelAngle=angle,
        labelExpr=f"join({parts}, '{SEPARATOR}')",
        labelFontSize=min(10, room),
        labelLimit=LONGEST if angle else BESIDE,
    )


def ranks_axis(groups: Sequence[str], parts: int, width: int) -> alt.Axis:
    """Writes the first parts of some groups: not all have room.

    Args:
        groups: see `groups_by_rank`.
        parts: how many to write, below each other.
        width: of the panel, in pixels.
    """
    shown = min(LABELLED, max(1, width // widest(groups, parts)))
    return alt.Axis(
        values=groups[:: -(-len(groups) // shown)],
        labelAngle=0,
        labelExpr=f"slice(split(datum.label, '{SEPARATOR}'), 0, {parts})",
    )


def lines_by_group(
    table: pd.DataFrame, y: dict[str, Any], columns: int
) -> alt.FacetChart:
    """Draws means and whiskers over the groups, a panel a method.

    Args:
        table: columns method (a title), group, mean, std, low and high.
        y: title, axis and scale of what is drawn.
        columns: how many panels share a row.
    """
    order, width = table["group"].unique().tolist(), WIDTHS[columns]
    if are_single(order):
        title, axis = "Training images, class", names_axis(1, 270, width / len(order))
    else:
        title, axis = "Class rank, training images", ranks_axis(order, 2, width)
    group = alt.X("group:N", title=title, sort=order, axis=axis)
    base = alt.Chart().encode(x=group, y=alt.Y("mean:Q", **y))
    behind = base.properties(data=baseline_of(table)).mark_line(
        color=GREY, strokeWidth=3
    )
    spread = base.mark_rule(color=INK).encode(y=alt.Y("low:Q", **y), y2="high:Q")
    line = base.mark_line(color=INK, strokeWidth=1.5, point={"color": INK, "size": 25})
    read_out = [
        alt.Tooltip("method:N", title="Method"),
        alt.Tooltip("group:N", title="Ranks · images · classes"),
        alt.Tooltip("mean:Q", title="mean", format=".3"),
        alt.Tooltip("std:Q", title="standard deviation", format=".3"),
    ]
    layers = behind + spread + line.encode(tooltip=read_out)
    return panels(layers, table, columns, height=170)


def _first_to_last(numbers: pd.Series) -> str:
    return "–".join(f"{n:,}" for n in dict.fromkeys(numbers.iloc[[0, -1]]))
