"""What was found out of images, as one HTML file."""

from dataclasses import dataclass

import numpy as np

from ..images import ImageSet
from ..longtail.methods import ADJUSTED, TABLE_1, TRAINED, trainings_of
from .inspection import Inspection
from .pictures import png_of
from .templates import template

GAP = 2  # pixels between two images
SIDE = 96  # pixels, about, that an image has on the page


@dataclass(frozen=True)
class Costs:
    """What one training will take here, for the page.

    Attributes:
        epochs: how often it sees the training images.
        network: which it trains.
        minutes: from its first step to its last.
        gigabytes: of memory, after its first steps.
        seeds: how many a method is trained with.
        held_out: whether networks are trained without some images, too, to choose tau.
        before: minutes before the first training, for features that all share.
    """

    epochs: int
    network: str
    minutes: float
    gigabytes: float
    seeds: int
    held_out: bool
    before: float = 0.0


def render(
    inspection: Inspection, train_set: ImageSet, recipe: str, costs: Costs | None
) -> str:
    """Returns the page.

    Args:
        inspection: what was found.
        train_set: the training images.
        recipe: the name of the recipe.
        costs: what a training takes; None where none is possible.
    """
    parts = [p for p in ("train", "validation", "test") if inspection.counts[p].any()]
    ranked = inspection.counts.sort_values("train", ascending=False, kind="stable")
    return template("inspection.html.jinja", minutes=_minutes).render(
        origin=train_set.origin,
        shape=train_set.image_shape,
        kind=train_set.kind,
        unit=train_set.UNIT,
        troubles=inspection.troubles,
        parts=parts,
        rows=ranked.to_dict("records"),
        totals=inspection.counts[parts].sum().to_dict(),
        most=inspection.counts[parts].max().to_dict(),
        samples=[(s.title, _in_a_row(s.images), SIDE) for s in inspection.samples],
        groups=inspection.groups,
        recipe=recipe,
        costs=costs,
        in_table_1=len({name for method in TABLE_1 for name in trainings_of(method)}),
        trainings=_trainings(costs is not None and costs.held_out),
        # Where there is a fit, pictures were resized, and may be made larger.
        larger=2 * max(train_set.image_shape[:2]) if train_set.fit else None,
    )


def _trainings(held_out: bool) -> int:
    """Returns how many a seed of all methods takes, but for those of a last layer."""
    whole = sum(method.starts_from is None for method in TRAINED.values())
    return whole + len(ADJUSTED) * held_out


def _minutes(minutes: float) -> str:
    if minutes < 1.5:
        return "one minute"
    return f"{minutes:.0f} minutes" if minutes < 90 else f"{minutes / 60:.1f} hours"


def _in_a_row(images: np.ndarray) -> str:
    gaps = [(0, 0), (0, 0), (0, GAP), (0, 0)]
    return png_of(np.concatenate(np.pad(images, gaps, constant_values=255), axis=1))
