"""What is expected of a dataset, and what is said where it is not met."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import (
    Expected,
    ImageSet,
    check_test_set,
    check_train_set,
    check_validation_set,
    count_classes,
)

# The exponential profile with n_max 4 and ratio 4: 4, 2, 1.
EXPECTED = Expected.model_validate(
    {
        "train_profile": {"n_max": 4, "imbalance_ratio": 4},
        "test_images_per_class": 2,
    }
)
NOTHING = Expected()


def image_set(*counts, side=2, names=("cat", "dog", "emu")):
    labels = np.repeat(np.arange(len(counts)), counts)
    pixels = np.zeros((len(labels), side, side, 1), "uint8")
    return ImageSet(pixels, labels, names, origin="a/file.tfrecord")


def test_training_images_that_are_as_expected_pass():
    images = image_set(4, 2, 1)
    assert check_train_set(images, EXPECTED) is images


def test_counts_are_tabulated_in_the_order_of_the_labels():
    assert count_classes(image_set(4, 0, 1)).to_dict("list") == {
        "label": [0, 1, 2],
        "class_name": ["cat", "dog", "emu"],
        "count": [4, 0, 1],
    }


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((4, 2, 2), r"a/file\.tfrecord: expected 7 images, .* Received: 8"),
        ((4, 1, 2), r"a/file\.tfrecord: expected 2 images of class 1 \(dog\).*: 1"),
    ],
)
def test_other_counts_than_expected_are_refused(counts, message):
    with pytest.raises(InputError, match=message):
        check_train_set(image_set(*counts), EXPECTED)


def test_a_class_without_an_image_is_refused():
    with pytest.raises(InputError, match=r"Class 1 \(dog\) has none"):
        check_train_set(image_set(4, 0, 1), NOTHING)


def test_where_nothing_is_expected_any_counts_will_do():
    images = image_set(1, 5, 2)
    assert check_train_set(images, NOTHING) is images


def test_balanced_test_set_passes():
    test = image_set(2, 2, 2)
    assert check_test_set(test, image_set(4, 2, 1), EXPECTED) is test


def test_an_unbalanced_test_set_is_warned_of(caplog):
    train = image_set(4, 2, 1)
    check_test_set(image_set(2, 2, 2), train, NOTHING)
    assert not caplog.records
    check_test_set(image_set(2, 3, 0), train, NOTHING)
    assert "from 0 to 3 images of a class" in caplog.text


@pytest.mark.parametrize(
    ("test_set", "message"),
    [
        (image_set(2, 3, 1), r"expected 2 images of class 1 \(dog\)"),
        (image_set(2, 2, 2, side=3), r"expected images of shape \(2, 2, 1\)"),
        (image_set(2, 2, 2, names=("cat", "emu", "dog")), "expected the classes"),
    ],
)
def test_a_test_set_unlike_the_training_set_is_refused(test_set, message):
    with pytest.raises(InputError, match=message):
        check_test_set(test_set, image_set(4, 2, 1), EXPECTED)


def test_a_test_set_without_images_is_refused():
    train = image_set(4, 2, 1)
    with pytest.raises(InputError, match="expected images to test on. Received: none"):
        check_test_set(image_set(0, 0, 0), train, NOTHING)


def test_an_image_that_trains_is_not_to_be_measured_on():
    pixels = np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1)
    names = np.array(["a/1.png", "a/2.png", "b/1.png", "b/2.png", "b/3.png"])
    labels = np.array([0, 0, 1, 1, 1])
    images = ImageSet(pixels, labels, ("a", "b"), origin="here", files=names)
    train, test = images.take(np.array([0, 1, 2])), images.take(np.array([1, 3, 4]))
    for check in (partial(check_test_set, expected=NOTHING), check_validation_set):
        check(images.take(np.array([3, 4])), train)
        with pytest.raises(InputError, match="in the training set.* Received: a/2.png"):
            check(test, train)
        # Pictures of two folders may have the same names.
        check(replace(test, pixels=pixels + 1), train)
        check(replace(test, files=None), train)


def test_a_single_class_is_refused():
    with pytest.raises(InputError, match=r"two classes. Received: \('cat',\)"):
        check_train_set(image_set(4, names=("cat",)), NOTHING)


def test_class_names_that_spreadsheets_run_are_told(caplog):
    check_train_set(image_set(1, 1, names=("cat", "dog")), NOTHING)
    assert not caplog.records
    check_train_set(image_set(1, 1, names=("cat", "=cmd|'/c calc'!A1")), NOTHING)
    assert "=cmd|'/c calc'!A1" in caplog.text and "as text" in caplog.text


def test_no_validation_set_is_an_empty_one():
    train = image_set(4, 2, 1)
    nothing = check_validation_set(None, train)
    assert len(nothing) == 0
    assert nothing.class_names == train.class_names
    assert check_validation_set(image_set(0, 1, 0), train).class_counts().sum() == 1
    with pytest.raises(InputError, match="expected the classes"):
        check_validation_set(image_set(1, 1, 1, names=("cat", "emu", "dog")), train)
