"""Vectors of features, which go where images go."""

from dataclasses import replace

import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import (
    Expected,
    FeatureSet,
    ImageSet,
    check_test_set,
    check_train_set,
    check_validation_set,
    hold_out,
    image_set,
)

FEATURES = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
LABELS = np.array([1, 0, 1, 1, 0, 1])
NAMES = ("cat", "dog")
ALL = FeatureSet.of(FEATURES, LABELS, NAMES, origin="a/train.npz")
ANY = Expected()


def test_a_vector_is_an_image_of_one_pixel_and_is_not_copied():
    assert ALL.image_shape == (1, 1, 3)
    assert ALL.pixels.base is FEATURES
    np.testing.assert_array_equal(ALL.read([4])[0, 0, 0], FEATURES[4])


def test_a_part_of_features_is_one_of_features():
    rest, held = hold_out(ALL, 0.5, seed=0)
    none = check_validation_set(None, ALL)
    assert {type(part) for part in (rest, held, none)} == {FeatureSet}
    assert (len(rest), len(held), len(none)) == (3, 3, 0)


def test_the_digest_is_that_of_all_the_numbers():
    other = np.array(ALL.pixels)
    other[5, 0, 0, 2] = np.nextafter(other[5, 0, 0, 2], np.float32(9))
    assert replace(ALL, pixels=other).digest != ALL.digest
    assert replace(ALL, pixels=ALL.pixels.copy(), origin="b").digest == ALL.digest


def test_a_piece_is_as_many_as_go_into_memory_at_once(monkeypatch):
    monkeypatch.setattr(image_set, "AT_ONCE", 2 * 3 * 4)
    assert [len(piece) for piece in ALL.pieces()] == [2, 2, 2]


@pytest.mark.parametrize(
    ("pixels", "told"),
    [
        (ALL.pixels.astype("float64"), r"dtype float32. .* dtype=float64"),
        (FEATURES, r"\[M, 1, 1, D\] .* shape=\(6, 3\)"),
        (ALL.pixels.reshape(6, 3, 1, 1), r"shape=\(6, 3, 1, 1\)"),
        (ALL.pixels[..., :0], r"shape=\(6, 1, 1, 0\)"),
    ],
)
def test_other_arrays_are_refused(pixels, told):
    with pytest.raises(InputError, match=f"^a/train.npz: Expected features .*{told}"):
        replace(ALL, pixels=pixels)


def test_features_of_different_width_are_refused():
    test = FeatureSet.of(FEATURES[:, :2], LABELS, NAMES, origin="a/test.npz")
    with pytest.raises(InputError) as told:
        check_test_set(test, ALL, ANY)
    assert str(told.value) == (
        "a/test.npz: expected 3 features a row, as in the training set. "
        "Received: 2 features a row"
    )


def test_features_do_not_go_with_images():
    images = ImageSet(np.zeros((6, 1, 1, 3), "uint8"), LABELS, NAMES, origin="images")
    with pytest.raises(InputError, match=r"Received: images of shape \(1, 1, 3\)"):
        check_test_set(images, ALL, ANY)


def test_a_person_reads_of_rows_and_not_of_images(caplog):
    with pytest.raises(InputError, match="at least one training row of each class"):
        check_train_set(ALL.take(np.array([0, 2])), ANY)
    with pytest.raises(InputError, match="expected rows to test on"):
        check_test_set(ALL.take(np.array([], int)), ALL, ANY)
    check_test_set(ALL, ALL, ANY)
    assert "from 2 to 4 rows of a class" in caplog.text
