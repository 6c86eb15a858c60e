"""What is expected of a dataset, and the checks that hold it to that."""

import logging
from dataclasses import replace
from reprlib import repr

import numpy as np
import pandas as pd
from pydantic import Field

from ..errors import InputError
from ..longtail.profiles import exponential_profile
from ..parameters import Parameters
from .image_set import ImageSet

FORMULA_SIGNS = ("=", "+", "-", "@")  # what a formula begins with in a spreadsheet

logger = logging.getLogger(__name__)


class ExponentialProfile(Parameters):
    """The class counts of a training set made long-tailed by the EXP profile.

    Attributes:
        n_max: the number of images of class 0.
        imbalance_ratio: the count of the first class over that of the last.
    """

    n_max: int = Field(ge=1)
    imbalance_ratio: float = Field(ge=1)


class Expected(Parameters):
    """What must be true of a dataset before anything is trained on it.

    Attributes:
        train_profile: the class counts of the training set; None if any will do.
        test_images_per_class: the size of the balanced test set; None if any will do.
    """

    train_profile: ExponentialProfile | None = None
    test_images_per_class: int | None = Field(default=None, ge=1)


def check_train_set(images: ImageSet, expected: Expected) -> ImageSet:
    """Checks training images.

    Args:
        images: as they came.
        expected: what they must be.

    Returns:
        The same images.

    Raises:
        InputError: the counts are not those expected, there is but one class, or a
            class has no image.
    """
    counts = images.class_counts()
    if len(counts) < 2:
        raise InputError(
            f"{images.origin}: expected at least two classes. "
            f"Received: {images.class_names}"
        )
    profile = expected.train_profile
    if profile is not None:
        _check_counts(
            images,
            exponential_profile(profile.n_max, len(counts), profile.imbalance_ratio),
        )
    if counts.min() == 0:
        label = int(np.argmin(counts))
        raise InputError(
            f"{images.origin}: expected at least one training {images.UNIT} of each "
            "class, for a class prior of 0 has no logarithm. Class "
            f"{label} ({images.class_names[label]}) has none."
        )
    if formulas := [n for n in images.class_names if n.startswith(FORMULA_SIGNS)]:
        logger.warning(
            "%s: spreadsheets take the class names %s for formulas, and run them. "
            "Import the CSV files of this run there as text.",
            images.origin,
            formulas,
        )
    return images


def check_test_set(
    images: ImageSet, train_set: ImageSet, expected: Expected
) -> ImageSet:
    """Checks test images, and warns where they are not balanced.

    Args:
        images: as they came.
        train_set: the training images, already checked.
        expected: what the test images must be.

    Returns:
        The same images.

    Raises:
        InputError: there are none, or the counts are not those expected, or the set
            does not go with the training set; see `check_apart`.
    """
    check_apart(images, train_set)
    if not len(images):
        raise InputError(
            f"{images.origin}: expected {images.UNIT}s to test on. Received: none"
        )
    if expected.test_images_per_class is not None:
        size = expected.test_images_per_class
        _check_counts(images, np.full(len(images.class_names), size))
    counts = images.class_counts()
    if counts.min() < counts.max():
        logger.warning(
            "%s: the test set has from %d to %d %ss of a class. Accuracy weighs "
            "them alike and favours the frequent ones: read the balanced accuracy.",
            images.origin,
            counts.min(),
            counts.max(),
            images.UNIT,
        )
    return images


def check_validation_set(images: ImageSet | None, train_set: ImageSet) -> ImageSet:
    """Checks images that are set aside to choose on.

    Args:
        images: as they came; None where there are none.
        train_set: the training images, already checked.

    Returns:
        The same images, or an empty set.

    Raises:
        InputError: the set does not go with the training set; see `check_apart`.
    """
    if images is None:
        return replace(train_set.take(np.array([], int)), origin="no validation set")
    check_apart(images, train_set)
    return images


def count_classes(images: ImageSet) -> pd.DataFrame:
    """Returns columns `label`, `class_name`, `count`, in the order of the labels."""
    counts = images.class_counts()
    return pd.DataFrame(
        {
            "label": np.arange(len(counts)),
            "class_name": images.class_names,
            "count": counts,
        }
    )


def check_apart(images: ImageSet, train_set: ImageSet) -> None:
    """Checks that a set goes with a training set, and shares no file with it.

    Raises:
        InputError: images or classes are of another kind than in the training set, or
            the same file, with the same pixels, is in both.
    """
    if images.kind != train_set.kind:
        raise InputError(
            f"{images.origin}: expected {train_set.kind}, as in the training set. "
            f"Received: {images.kind}"
        )
    if images.class_names != train_set.class_names:
        raise InputError(
            f"{images.origin}: expected the classes of the training set, "
            f"{repr(train_set.class_names)}. Received: {repr(images.class_names)}"
        )
    if images.files is None or train_set.files is None:
        return
    both = np.intersect1d(images.files, train_set.files, return_indices=True)
    for name, here, there in zip(*both, strict=True):
        # Two folders may use one name for two pictures.
        if (images.read(slice(here, here + 1)) == train_set.read([there])).all():
            raise InputError(
                f"{images.origin}: expected images that are not in the training set "
                f"too ({train_set.origin}). Received: {name}, and perhaps others. If "
                "the folder has changed, run the ingestion again"
            )


def _check_counts(images: ImageSet, expected: np.ndarray) -> None:
    counts = images.class_counts()
    if counts.sum() != expected.sum():
        raise InputError(
            f"{images.origin}: expected {expected.sum():,} images, as the dataset's "
            f"parameters say. Received: {counts.sum():,}"
        )
    if (counts != expected).any():
        label = int(np.argmax(counts != expected))
        raise InputError(
            f"{images.origin}: expected {expected[label]:,} images of class {label} "
            f"({images.class_names[label]}), as the dataset's parameters say. "
            f"Received: {counts[label]:,}"
        )
