"""What to know of images before anyone trains on them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

import numpy as np
import pandas as pd

from ..images import FeatureSet, ImageSet
from ..longtail.groups import Groups, rank_classes

FEW = 5  # training images: with fewer, a class is hardly learned
NAMED = 5  # of many images, so many are named
SHOWN = 8  # images of a class
MOST_SHOWN = 20  # classes: of more, only some are shown
ENOUGH = 30  # images of a class: of fewer, it may be chance how bright they are
EMPTY = 2.0  # standard deviation of the pixels, of 255: what is more even shows nothing


@dataclass(frozen=True)
class Sample:
    """Some training images of a class.

    Attributes:
        title: the group, the class and its number of training images.
        images: `[K, H, W, C] uint8`.
    """

    title: str
    images: np.ndarray


@dataclass(frozen=True)
class Inspection:
    """What was found.

    Attributes:
        counts: columns label, class_name, train, validation, test (images), by label.
        samples: of up to twenty classes all, the most frequent first; of more, the
            most frequent of head, medium and tail each, and the rarest of all; none of
            features.
        troubles: what will hurt, a sentence each.
        groups: which classes are head, medium and tail.
    """

    counts: pd.DataFrame
    samples: list[Sample]
    troubles: list[str]
    groups: Groups


def inspect(parts: Mapping[str, ImageSet], groups: Groups) -> Inspection:
    """Looks at all images once.

    Args:
        parts: `train`, `validation` and `test`, of the same classes.
        groups: which classes are head, medium and tail.
    """
    names = parts["train"].class_names
    counts = pd.DataFrame({"label": range(len(names)), "class_name": names})
    for part, images in parts.items():
        counts[part] = images.class_counts()
    train_set = parts["train"]
    unit, shown = train_set.UNIT, not isinstance(train_set, FeatureSet)
    troubles = [*_thin(counts, unit), *_imbalanced(counts, unit), *_seen(parts, shown)]
    samples = _samples(train_set, counts, groups) if shown else []
    return Inspection(counts, samples, troubles, groups)


def _samples(train: ImageSet, counts: pd.DataFrame, groups: Groups) -> list[Sample]:
    ranked = rank_classes(counts.rename(columns={"train": "count"}))
    group = groups.of(counts["train"].to_numpy())[ranked["label"]]
    grouped = ranked.assign(group=group)[ranked["count"] > 0]
    shown = grouped
    if len(grouped) > MOST_SHOWN:
        first, rarest = grouped.drop_duplicates("group"), grouped.tail(1)
        shown = pd.concat([first, rarest]).drop_duplicates()
    samples = []
    for row in shown.itertuples():
        rows = np.flatnonzero(train.labels == row.label)[:SHOWN]
        title = f"{row.group}: {row.class_name}, {row.count:,} training images"
        samples.append(Sample(title.capitalize(), train.read(rows)))
    return samples


def _thin(counts: pd.DataFrame, unit: str) -> Iterator[str]:
    few = counts[counts["train"] < FEW]
    if len(few):
        told = (few["class_name"] + " (" + few["train"].astype(str) + ")").tolist()
        yield f"Fewer than {FEW} training {unit}s: {_some(told)}."
    untested = counts.loc[counts["test"] == 0, "class_name"].tolist()
    if untested:
        yield f"No test {unit}, and so in no figure of the report: {_some(untested)}."


def _imbalanced(counts: pd.DataFrame, unit: str) -> Iterator[str]:
    fewest, most = counts["test"].min(), counts["test"].max()
    if fewest < most:
        yield (
            f"The test set has from {fewest:,} to {most:,} {unit}s of a class. "
            f"Accuracy weighs {unit}s alike: read the balanced accuracy, which weighs "
            "classes."
        )


def _seen(parts: Mapping[str, ImageSet], shown: bool) -> Iterator[str]:
    """Looks for images that show nothing, and for such that two parts share.

    To share one is to test what was learned by heart. Of training images it also looks
    how bright they are.
    """
    empty, places, brightness = [], defaultdict(list), []
    for part, images in parts.items():
        every = chain.from_iterable(images.pieces())
        for row, image in enumerate(every):
            if shown and image.std() < EMPTY:
                empty.append(_name(part, images, row))
            if shown and part == "train":
                brightness.append(image.mean())
            digest = blake2b(np.ascontiguousarray(image).data, digest_size=16).digest()
            places[digest].append((part, images, row))
    if empty:
        yield f"Images that show nearly nothing, of a single colour: {_some(empty)}."
    shared = [
        " = ".join(_name(*place) for place in found)
        for found in places.values()
        if len({part for part, _, _ in found}) > 1
    ]
    if shared:
        told = _some(shared)
        unit = parts["train"].UNIT
        yield f"The same {unit} in two parts, which flatters the figures: {told}."
    if shown:
        yield from _told_by_brightness(parts["train"], np.array(brightness))


def _told_by_brightness(train: ImageSet, brightness: np.ndarray) -> Iterator[str]:
    """Looks for classes that are told from all others by their brightness alone.

    They may come from another camera, and a network may learn no more than that.
    """
    for label, name in enumerate(train.class_names):
        is_own = train.labels == label
        if is_own.sum() < ENOUGH or is_own.all():
            continue
        low, high = brightness[is_own].min(), brightness[is_own].max()
        others = brightness[~is_own]
        if not ((low <= others) & (others <= high)).any():
            yield (
                f"No other class has a training image as bright as those of {name} "
                f"({low:.0f} to {high:.0f}, of 255): a network may learn how they were "
                "photographed, and not what they show."
            )


def _name(part: str, images: ImageSet, row: int) -> str:
    if images.files is None:
        return f"{part} {images.UNIT} {row} ({images.class_names[images.labels[row]]})"
    return str(images.files[row])


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
