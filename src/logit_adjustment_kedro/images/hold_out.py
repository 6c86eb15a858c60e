"""A part of the training images, to choose on."""

import numpy as np

from ..errors import InputError
from .grouped import divide_groups, number_groups
from .image_set import ImageSet


def hold_out(images: ImageSet, fraction: float, seed: int) -> tuple[ImageSet, ImageSet]:
    """Divides a training set, and copies no image.

    Args:
        images: the training set. If its images come in groups, whole groups are held
            out, as `divide_groups` takes them; otherwise images, class by class.
        fraction: how much of each class to hold out, rounded; but at least one image of
            a class that has two, and always leaving one.
        seed: which images follows from it.

    Returns:
        What is left to train on, and what is held out.

    Raises:
        InputError: nothing can be held out, as each image, or each group, is the only
            one of a class.
    """
    if images.groups is None:
        rest, held = _by_class(images, fraction, seed)
        if not len(held):
            raise InputError(
                f"{images.origin}: expected a class with two training images, of which "
                "one can be held out. Received: one of each class"
            )
    else:
        rest, held = divide_groups(
            images.labels,
            number_groups(images.groups),
            len(images.class_names),
            fractions=[fraction],
            seed=seed,
        )
        if not len(held):
            raise InputError(
                f"{images.origin}: expected groups of which one can be held out. "
                f"Received: {len({*images.groups})}, each of which has the only "
                "training images of a class"
            )
    return images.take(rest), images.take(held)


def _by_class(
    images: ImageSet, fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the row numbers of both parts, rising."""
    random = np.random.default_rng([seed, len(images)])
    counts = images.class_counts()
    most = np.maximum(counts - 1, 0)
    sizes = np.clip(np.rint(fraction * counts), 1, most).astype(int)
    held = np.concatenate(
        [
            random.choice(np.flatnonzero(images.labels == label), size, replace=False)
            for label, size in enumerate(sizes)
        ]
    )
    return np.setdiff1d(np.arange(len(images)), held), np.sort(held)
