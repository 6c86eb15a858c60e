import numpy as np
import pytest
from keras import ops

from logit_adjustment_kedro.networks.augmentations import (
    AUGMENTATIONS,
    Colour,
    Cutout,
    Mirror,
    Shift,
    Zoom,
)
from logit_adjustment_kedro.networks.layers import Augment

IMAGE = np.arange(1, 5 * 4 * 2 + 1, dtype="float32").reshape(5, 4, 2)


def augmented(image, copies, *augmentations, dtype="float32"):
    """Returns copies of an image, augmented each on its own."""
    layer = Augment({a.name: a for a in augmentations}, dtype=dtype)
    images = np.repeat(image[None], copies, axis=0)
    images = layer(ops.convert_to_tensor(images.astype("float32")), training=True)
    return ops.convert_to_numpy(ops.cast(images, "float32"))


def crops_of(image, pixels, mirror):
    """Every image that shifting and mirroring may make, as bytes."""
    height, width, _ = image.shape
    padded = np.pad(image, ((pixels, pixels), (pixels, pixels), (0, 0)))
    crops = [
        padded[row : row + height, column : column + width]
        for row in range(2 * pixels + 1)
        for column in range(2 * pixels + 1)
    ]
    if mirror:
        crops += [crop[:, ::-1] for crop in crops]
    return {crop.tobytes() for crop in crops}


def distinct(images):
    return {image.tobytes() for image in images}


def test_they_act_in_this_order():
    assert list(AUGMENTATIONS) == ["mirror", "shift", "zoom", "colour", "cutout"]


def test_shift_makes_every_crop_and_no_other():
    made = distinct(augmented(IMAGE, 500, Shift(pixels=2)))
    assert made == crops_of(IMAGE, 2, mirror=False)


def test_shift_and_mirror_make_every_crop_of_either():
    made = distinct(augmented(IMAGE, 500, Shift(pixels=1), Mirror()))
    assert made == crops_of(IMAGE, 1, mirror=True)


def test_a_shift_wider_than_the_image_leaves_zeros():
    made = augmented(IMAGE, 2000, Shift(pixels=6))
    assert distinct(made) == crops_of(IMAGE, 6, mirror=False)
    assert (made == 0).all(axis=(1, 2, 3)).any()


def test_half_of_the_images_are_mirrored():
    made = augmented(IMAGE, 4000, Mirror())
    mirrored = (made == IMAGE[:, ::-1]).all(axis=(1, 2, 3))
    assert abs(mirrored.mean() - 0.5) < 0.04
    assert (made[~mirrored] == IMAGE).all()


def zoomed(factor, *others, dtype="float32"):
    """Returns images of which each pixel says its row and column, counted from 1."""
    rows, columns = np.meshgrid(np.arange(1, 34), np.arange(1, 34), indexing="ij")
    image = np.stack([rows, columns], axis=-1)
    return augmented(image, 1000, Zoom(factor=factor), *others, dtype=dtype)


def test_zoom_brings_in_what_is_up_to_so_much_nearer_or_farther_and_zeros_beyond():
    made = zoomed(2)
    # Of row 17 and column 17, the centre, nothing moves.
    np.testing.assert_array_equal(made[:, 16, 16], 17)
    # What is now 8 rows from the centre was 4 to 16 rows from it.
    row = made[:, 24, 16, 0] - 17
    assert (row.min(), row.max()) == (4, 16)
    assert np.median(row) == 8
    np.testing.assert_array_equal(17 - made[:, 8, 16, 0], row)
    # Columns are stretched by up to a tenth more, out of the image at times.
    column = made[:, 16, 24, 1] - 17
    inside = column > -17
    assert 0.9 < inside.mean() < 1
    assert column[inside].min() == 4
    assert np.abs(column - row)[inside].max() == 2
    # What was 15 rows from the centre is there in the images that are not reduced.
    assert ((made[:, 31, 16, 0] == 0) == (row >= 9)).mean() > 0.95


@pytest.mark.parametrize("others", [(), (Mirror(), Shift(pixels=1))])
def test_a_factor_and_a_stretch_of_one_zoom_nothing(others):
    made = distinct(augmented(IMAGE, 500, Zoom(factor=1, stretch=1), *others))
    expected = crops_of(IMAGE, 1, mirror=True) if others else {IMAGE.tobytes()}
    assert made == expected


def test_zoom_moves_the_same_pixels_in_half_precision():
    np.testing.assert_array_equal(zoomed(2, dtype="mixed_float16"), zoomed(2))


def test_a_zoomed_and_shifted_image_lies_whole_within_its_margin_of_zeros():
    rows = zoomed(1.2, Shift(pixels=2))[..., 0].max(axis=2)
    distances = np.abs(rows - np.arange(1, 34))[rows > 0]
    # 16 rows from the centre, and shifted by 2, a fifth more or less, and rounded.
    assert 3.2 < distances.max() <= 18 * 1.2 - 16 + 0.5
    for row in rows:
        inside = np.flatnonzero(row)
        assert (np.diff(inside) == 1).all()
        assert (np.diff(row[inside]) >= 0).all()
    assert (rows[:, 0] == 0).any() and (rows[:, -1] == 0).any()


def test_colour_scales_an_image_about_its_mean_and_shifts_its_channels():
    image = np.random.default_rng(0).uniform(-0.5, 0.5, (5, 4, 3)).astype("float32")
    made = augmented(image, 2000, Colour())
    means = made.mean(axis=(1, 2), keepdims=True)
    contrast = made.std(axis=(1, 2)) / image.std(axis=(0, 1))
    expected = contrast[:, None, None] * (image - image.mean(axis=(0, 1)))
    np.testing.assert_allclose(made - means, expected, atol=1e-5)
    np.testing.assert_allclose(contrast - contrast[:, :1], 0, atol=1e-5)
    assert contrast.min() == pytest.approx(1 / 1.4, abs=0.01)
    assert contrast.max() == pytest.approx(1.4, abs=0.01)
    assert np.median(contrast) == pytest.approx(1, abs=0.03)
    shifts = means[:, 0, 0] - image.mean(axis=(0, 1))
    assert np.abs(shifts).max() == pytest.approx(0.15 + 0.04, abs=0.02)
    assert np.ptp(shifts, axis=1).max() == pytest.approx(2 * 0.04, abs=0.005)
    assert shifts.mean() == pytest.approx(0, abs=0.01)


def test_each_part_of_colour_is_a_parameter():
    image = np.random.default_rng(0).uniform(-0.5, 0.5, (5, 4, 3)).astype("float32")
    made = augmented(image, 500, Colour(contrast=1, brightness=0.3, tint=0))
    shifts = made - image
    np.testing.assert_allclose(shifts - shifts[:, :1, :1, :1], 0, atol=1e-6)
    assert np.abs(shifts).max() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_cutout_blanks_every_square_about_a_pixel_and_no_other(size):
    height, width, _ = IMAGE.shape
    expected = set()
    for row in range(height):
        for column in range(width):
            top, left = row - size // 2, column - size // 2
            image = IMAGE.copy()
            image[max(top, 0) : top + size, max(left, 0) : left + size] = 0
            expected.add(image.tobytes())
    assert distinct(augmented(IMAGE, 500, Cutout(size=size))) == expected


def test_cutout_blanks_what_the_others_have_made():
    made = augmented(IMAGE - 20, 100, Colour(), Cutout(size=1))
    np.testing.assert_array_equal((made == 0).all(axis=-1).sum(axis=(1, 2)), 1)


@pytest.mark.parametrize(
    ("kind", "wrong", "told"),
    [
        (Zoom, {"factor": 0.8}, "factor: .*equal to 1. Received: 0.8"),
        (Shift, {}, "pixels: this parameter is missing"),
        (Shift, {"pixels": 0}, "pixels: .*equal to 1. Received: 0"),
        (Shift, {"pixels": 1.5}, "pixels: .*integer. Received: 1.5"),
        (Cutout, {"size": 0}, "size: .*equal to 1. Received: 0"),
        (Colour, {"contrast": 0.5}, "contrast: .*equal to 1. Received: 0.5"),
        (Mirror, {"pixels": 1}, "pixels: there is no such parameter"),
    ],
)
def test_wrong_parameters_are_refused(kind, wrong, told):
    with pytest.raises(ValueError, match=told):
        kind.model_validate(wrong)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_a_registered_augmentation_goes_by_its_key(name):
    assert AUGMENTATIONS[name].name == name
