import numpy as np
import pytest
from keras import ops

from logit_adjustment_kedro.networks import Augmentation, augmentation

IMAGE = np.arange(1, 5 * 4 * 2 + 1, dtype="float32").reshape(5, 4, 2)


def crops_of(image, padding, flip):
    """Every image that the augmentation may make, as bytes."""
    height, width, _ = image.shape
    padded = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    crops = [
        padded[row : row + height, column : column + width]
        for row in range(2 * padding + 1)
        for column in range(2 * padding + 1)
    ]
    if flip:
        crops += [crop[:, ::-1] for crop in crops]
    return {crop.tobytes() for crop in crops}


def augment(layer, copies, training=True):
    images = np.repeat(IMAGE[None], copies, axis=0)
    return ops.convert_to_numpy(layer(images, training=training))


def test_each_image_gets_a_crop_and_a_flip_of_its_own_and_none_is_left_out():
    augmented = augment(Augmentation(padding=1, flip=True), copies=500)
    assert {image.tobytes() for image in augmented} == crops_of(IMAGE, 1, flip=True)


def test_without_flip_nothing_is_mirrored():
    augmented = augment(Augmentation(padding=2, flip=False), copies=500)
    assert {image.tobytes() for image in augmented} == crops_of(IMAGE, 2, flip=False)


def test_half_of_the_images_are_mirrored():
    augmented = augment(Augmentation(padding=0, flip=True), copies=4000)
    mirrored = (augmented == IMAGE[:, ::-1]).all(axis=(1, 2, 3))
    assert abs(mirrored.mean() - 0.5) < 0.04


def test_nothing_happens_outside_training():
    layer = Augmentation(padding=1, flip=True)
    augmented = augment(layer, copies=10, training=False)
    np.testing.assert_array_equal(augmented, np.repeat(IMAGE[None], 10, axis=0))


def test_the_state_of_the_seed_generator_decides_and_moves_on():
    layer = Augmentation(padding=1, flip=True)
    first, second = augment(layer, 50), augment(layer, 50)
    layer.seed_generator.state.assign([0, 0])
    np.testing.assert_array_equal(augment(layer, 50), first)
    assert (first != second).any()


def zoomed(zoom, dtype="float32", padding=0):
    """Returns images of which each pixel says its row and column, counted from 1."""
    rows, columns = np.meshgrid(np.arange(1, 34), np.arange(1, 34), indexing="ij")
    images = np.tile(np.stack([rows, columns], axis=-1), (1000, 1, 1, 1))
    layer = Augmentation(padding, flip=False, zoom=zoom, dtype=dtype)
    images = ops.convert_to_tensor(images.astype("float32"))
    augmented = layer(images, training=True)
    return ops.convert_to_numpy(ops.cast(augmented, "float32"))


def test_zoom_brings_in_what_is_up_to_so_much_nearer_or_farther_and_zeros_beyond():
    augmented = zoomed(2)
    # Of row 17 and column 17, the centre, nothing moves.
    np.testing.assert_array_equal(augmented[:, 16, 16], 17)
    # What is now 8 rows from the centre was 4 to 16 rows from it.
    row = augmented[:, 24, 16, 0] - 17
    assert (row.min(), row.max()) == (4, 16)
    assert np.median(row) == 8
    np.testing.assert_array_equal(17 - augmented[:, 8, 16, 0], row)
    # Columns are stretched by up to a tenth more, out of the image at times.
    column = augmented[:, 16, 24, 1] - 17
    inside = column > -17
    assert 0.9 < inside.mean() < 1
    assert column[inside].min() == 4
    assert np.abs(column - row)[inside].max() == 2
    # What was 15 rows from the centre is there in the images that are not reduced.
    assert ((augmented[:, 31, 16, 0] == 0) == (row >= 9)).mean() > 0.95


def test_a_factor_of_one_moves_nothing(monkeypatch):
    monkeypatch.setattr(augmentation, "STRETCH", 1)
    layer = Augmentation(padding=1, flip=True, zoom=1 + 1e-9)
    made = {image.tobytes() for image in augment(layer, copies=500)}
    assert made == crops_of(IMAGE, 1, flip=True)


def test_zoom_moves_the_same_pixels_in_half_precision():
    np.testing.assert_array_equal(zoomed(2, "mixed_float16"), zoomed(2))


def test_colour_jitter_scales_an_image_about_its_mean_and_shifts_its_channels():
    image = np.random.default_rng(0).uniform(-0.5, 0.5, (5, 4, 3)).astype("float32")
    layer = Augmentation(padding=0, flip=False, colour_jitter=True)
    images = np.repeat(image[None], 2000, axis=0)
    augmented = ops.convert_to_numpy(layer(images, training=True))
    means = augmented.mean(axis=(1, 2), keepdims=True)
    contrast = augmented.std(axis=(1, 2)) / image.std(axis=(0, 1))
    expected = contrast[:, None, None] * (image - image.mean(axis=(0, 1)))
    np.testing.assert_allclose(augmented - means, expected, atol=1e-5)
    np.testing.assert_allclose(contrast - contrast[:, :1], 0, atol=1e-5)
    assert contrast.min() == pytest.approx(1 / 1.4, abs=0.01)
    assert contrast.max() == pytest.approx(1.4, abs=0.01)
    assert np.median(contrast) == pytest.approx(1, abs=0.03)
    shifts = means[:, 0, 0] - image.mean(axis=(0, 1))
    assert np.abs(shifts).max() == pytest.approx(0.15 + 0.04, abs=0.02)
    assert np.ptp(shifts, axis=1).max() == pytest.approx(2 * 0.04, abs=0.005)
    assert shifts.mean() == pytest.approx(0, abs=0.01)


def test_a_zoomed_and_shifted_image_lies_whole_within_its_margin_of_zeros():
    rows = zoomed(1.2, padding=2)[..., 0].max(axis=2)
    distances = np.abs(rows - np.arange(1, 34))[rows > 0]
    # 16 rows from the centre, and shifted by 2, a fifth more or less, and rounded.
    assert 3.2 < distances.max() <= 18 * 1.2 - 16 + 0.5
    for row in rows:
        inside = np.flatnonzero(row)
        assert (np.diff(inside) == 1).all()
        assert (np.diff(row[inside]) >= 0).all()
    assert (rows[:, 0] == 0).any() and (rows[:, -1] == 0).any()


def test_a_zoom_below_one_is_refused():
    with pytest.raises(ValueError, match="at least 1. Received: 0.8"):
        Augmentation(padding=1, flip=False, zoom=0.8)
