"""How classes are gathered, named and written on an axis."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

SEPARATOR = " · "  # of the parts of what a class or a group of classes is called
GROUPS = 10
FEW = 4  # names of a group that are told
LONGEST = 240  # pixels of a turned label
LETTER = 6  # pixels: a wide guess, as the font is the browser's


def group_of_rank(class_rank: pd.Series, most: int) -> pd.Series:
    """Gathers classes, by rank from 1, in ten groups of equal size, from 0.

    Args:
        class_rank: of each class.
        most: so many classes, or fewer, are a group each.
    """
    num_classes = class_rank.max()
    groups = num_classes if num_classes <= most else GROUPS
    return (class_rank - 1) * groups // num_classes


def few_of(names: pd.Series) -> str:
    """Returns the first names, and an ellipsis for the others."""
    more = ["…"] if len(names) > FEW else []
    return ", ".join([*names.head(FEW), *more])


def widest(labels: Sequence[str], parts: int) -> int:
    """Returns the pixels that the longest of the first parts of labels takes."""
    written = [part for label in labels for part in label.split(SEPARATOR)[:parts]]
    return LETTER * max(map(len, written))


def class_axis(labels: Sequence[str], parts: int, width: int, title: str) -> alt.Axis:
    """Writes the first parts of labels: a line each, or turned where they would touch.

    Args:
        labels: those to write, all at the same distance.
        parts: how many of each to write.
        width: of the axis, in pixels.
        title: of the axis.
    """
    room = width / len(labels)
    lines = f"slice(split(datum.label, '{SEPARATOR}'), 0, {parts})"
    level = {"labelAngle": 0, "labelExpr": lines}
    turned = {
        "labelAngle": 270,
        "labelExpr": f"join({lines}, '{SEPARATOR}')",
        "labelFontSize": min(10, room),
        "labelLimit": LONGEST,
        "maxExtent": LONGEST + 10,  # where the title is, below the longest
    }
    looks = level if widest(labels, parts) <= room else turned
    return alt.Axis(title=title, values=labels, **looks)
