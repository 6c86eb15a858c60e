"""What ingestion does, beside the checks of `images`."""

import pandas as pd

from ... import images
from ...images import Expected, ImageSet


def check_train_set(
    train_source: ImageSet, expected: Expected
) -> tuple[ImageSet, pd.DataFrame]:
    """Checks the training images, as `images.check_train_set` does, and counts them.

    Returns:
        The same images, and the class counts: columns `label`, `class_name`, `count`,
        in the order of the labels.

    Raises:
        InputError: the images are not what is expected.
    """
    train_set = images.check_train_set(train_source, expected)
    return train_set, images.count_classes(train_set)
