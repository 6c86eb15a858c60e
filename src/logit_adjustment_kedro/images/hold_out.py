"""A part of the training images, to choose on."""

import numpy as np

from .grouped import divide_groups
from .image_set import ImageSet


def hold_out(images: ImageSet, fraction: float, seed: int) -> tuple[ImageSet, ImageSet]:
    """Divides a training set, class by class, and copies no image.

    Args:
        images: the training set.
        fraction: how much of each class to hold out, rounded; but at least one image of
            a class that has two, and always leaving one. Of images that come in groups,
            whole groups, as near to that as `divide_groups` comes.
        seed: which images follows from it.

    Returns:
        What is left to train on, and what is held out.
    """
    if images.groups is not None:
        rest, held = divide_groups(
            images.labels,
            images.group_numbers,
            len(images.class_names),
            fractions=[fraction],
            seed=seed,
        )
        return images.take(rest), images.take(held)
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
    rest = np.setdiff1d(np.arange(len(images)), held)
    return images.take(rest), images.take(np.sort(held))
