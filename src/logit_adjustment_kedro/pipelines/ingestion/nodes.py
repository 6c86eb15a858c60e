"""The checks that stand between a source and a training."""

import logging

import numpy as np
import pandas as pd

from ...datasets import ImageSet
from ...errors import InputError
from ...longtail import exponential_profile
from .params import Promise

logger = logging.getLogger(__name__)


def check_train_set(
    train_source: ImageSet, promise: Promise
) -> tuple[ImageSet, pd.DataFrame]:
    """Checks the training images and counts them.

    Args:
        train_source: the images as they came.
        promise: what they must be.

    Returns:
        The same images, and the class counts: columns `label`, `class_name`, `count`,
        in the order of the labels.

    Raises:
        InputError: the counts are not those promised, or a class has no image.
    """
    counts = train_source.class_counts()
    if promise.train_profile is not None:
        expected = exponential_profile(
            promise.train_profile.n_max,
            len(counts),
            promise.train_profile.imbalance_ratio,
        )
        _check_counts(train_source, expected)
    if counts.min() == 0:
        label = int(np.argmin(counts))
        raise InputError(
            f"{train_source.origin}: expected at least one training image of each "
            f"class, for a class prior of 0 has no logarithm. Class {label} "
            f"({train_source.class_names[label]}) has none."
        )
    table = pd.DataFrame(
        {
            "label": np.arange(len(counts)),
            "class_name": train_source.class_names,
            "count": counts,
        }
    )
    return train_source, table


def check_test_set(
    test_source: ImageSet, train_set: ImageSet, promise: Promise
) -> ImageSet:
    """Checks the test images, and warns where they are not balanced.

    Args:
        test_source: the images as they came.
        train_set: the training images, already checked.
        promise: what the test images must be.

    Returns:
        The same images.

    Raises:
        InputError: the counts are not those promised, or the images or classes differ
            from those of the training set.
    """
    shapes = [images.images.shape[1:] for images in (train_set, test_source)]
    if shapes[0] != shapes[1]:
        raise InputError(
            f"{test_source.origin}: expected images of shape {shapes[0]}, as in the "
            f"training set. Received: {shapes[1]}"
        )
    if test_source.class_names != train_set.class_names:
        raise InputError(
            f"{test_source.origin}: expected the classes of the training set, "
            f"{train_set.class_names}. Received: {test_source.class_names}"
        )
    if promise.test_images_per_class is not None:
        expected = np.full(len(train_set.class_names), promise.test_images_per_class)
        _check_counts(test_source, expected)
    counts = test_source.class_counts()
    if counts.min() < counts.max():
        logger.warning(
            "%s: the test set has from %d to %d images of a class. Table 1 weighs "
            "images alike, so there it favours the frequent classes.",
            test_source.origin,
            counts.min(),
            counts.max(),
        )
    return test_source


def _check_counts(images: ImageSet, expected: np.ndarray) -> None:
    counts = images.class_counts()
    if counts.sum() != expected.sum():
        raise InputError(
            f"{images.origin}: expected {expected.sum():,} images, as the dataset's "
            f"parameters promise. Received: {counts.sum():,}"
        )
    if (counts != expected).any():
        label = int(np.argmax(counts != expected))
        raise InputError(
            f"{images.origin}: expected {expected[label]:,} images of class {label} "
            f"({images.class_names[label]}), as the dataset's parameters promise. "
            f"Received: {counts[label]:,}"
        )
