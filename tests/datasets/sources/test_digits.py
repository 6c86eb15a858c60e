import numpy as np
import pytest
from kedro.io import DatasetError

from logit_adjustment_kedro.datasets import LongTailedDigitsDataset


def digits(split, n_max=120, test_images_per_class=50):
    return LongTailedDigitsDataset(
        split=split,
        n_max=n_max,
        imbalance_ratio=100,
        test_images_per_class=test_images_per_class,
    )


def test_training_set_has_the_exponential_profile():
    train = digits("train").load()
    assert train.class_counts().tolist() == [120, 71, 43, 25, 15, 9, 5, 3, 2, 1]
    assert train.images.shape == (294, 8, 8, 1)
    assert (train.images.dtype, train.labels.dtype) == ("uint8", "int64")
    assert (train.images.min(), train.images.max()) == (0, 255)


def test_test_set_is_balanced_and_shares_no_image_with_the_training_set():
    train, test = digits("train").load(), digits("test").load()
    assert test.class_counts().tolist() == [50] * 10
    seen = {image.tobytes() for image in train.images}
    assert not seen & {image.tobytes() for image in test.images}


def test_the_choice_is_always_the_same():
    first, second = digits("train").load(), digits("train").load()
    np.testing.assert_array_equal(first.images, second.images)


def test_labels_belong_to_their_images():
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    label_of = {
        row.tobytes(): label
        for row, label in zip(np.rint(pixels * (255 / 16)), labels, strict=True)
    }
    train = digits("train").load()
    flat = train.images.reshape(294, 64).astype(float)
    assert [label_of[row.tobytes()] for row in flat] == train.labels.tolist()


def test_more_images_than_there_are_is_refused():
    with pytest.raises(DatasetError, match="130 to train"):
        digits("train", n_max=130).load()
