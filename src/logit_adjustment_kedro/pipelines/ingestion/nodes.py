"""What ingestion does, beside the checks of `images`."""

import pandas as pd

from ... import images
from ...images import Expected, ImageSet, LongTail


def check_train_set(
    train_source: ImageSet, long_tail: LongTail, expected: Expected
) -> tuple[ImageSet, pd.DataFrame]:
    """Makes the training images long-tailed, if asked, checks them, and counts them.

    See `images.make_long_tailed` and `images.check_train_set`.

    Returns:
        The images that are kept, and the class counts: columns `label`, `class_name`,
        `count`, in the order of the labels.

    Raises:
        InputError: the images are not what is expected, or too few.
    """
    kept = images.make_long_tailed(train_source, long_tail)
    train_set = images.check_train_set(kept, expected)
    return train_set, images.count_classes(train_set)
