import keras
import numpy as np
import pytest
from keras import ops

from logit_adjustment_kedro.networks.augmentations import (
    Colour,
    Cutout,
    Mirror,
    Shift,
    Zoom,
)
from logit_adjustment_kedro.networks.layers import Augment

IMAGES = np.random.default_rng(0).uniform(size=(50, 5, 4, 2)).astype("float32")
ALL = {
    "cutout": Cutout(size=2),
    "colour": Colour(tint=0.1),
    "zoom": Zoom(factor=1.5),
    "shift": Shift(pixels=1),
    "mirror": Mirror(),
}


def augment(layer, training=True):
    return ops.convert_to_numpy(layer(IMAGES, training=training))


def test_nothing_happens_outside_training():
    np.testing.assert_array_equal(augment(Augment(ALL), training=False), IMAGES)


def test_nothing_happens_without_augmentations():
    np.testing.assert_array_equal(augment(Augment({})), IMAGES)


def test_the_state_of_the_seed_generator_decides_and_moves_on():
    layer = Augment(ALL)
    first, second = augment(layer), augment(layer)
    layer.seed_generator.state.assign([0, 0])
    np.testing.assert_array_equal(augment(layer), first)
    assert (first != second).any()


def test_they_act_in_the_order_of_the_registry_however_they_are_given():
    names = ["mirror", "shift", "zoom", "colour", "cutout"]
    layer = Augment(ALL)
    assert list(layer.augmentations) == names
    again = Augment({name: ALL[name] for name in names})
    np.testing.assert_array_equal(augment(layer), augment(again))


def test_random_numbers_are_drawn_in_the_order_of_earlier_trainings():
    order = ("shift", "mirror", "zoom", "colour")
    still = {"zoom": Zoom(factor=1, stretch=1), "shift": Shift(pixels=2)}
    layer = Augment({name: ALL[name] for name in order} | still)
    state = {"seed": keras.random.SeedGenerator(seed=0)}
    rows = np.array(keras.random.randint((50, 1), 0, 5, **state))[:, 0]
    mirrored = np.array(keras.random.randint((50, 1), 0, 2, **state))[:, 0]
    columns = np.array(keras.random.randint((50, 1), 0, 5, **state))[:, 0]
    for _ in ("factor", "stretch"):
        keras.random.uniform((50, 1), **state)
    most = np.log(1.4)
    contrast = np.exp(keras.random.uniform((50, 1, 1, 1), -most, most, **state))
    shift = np.array(keras.random.uniform((50, 1, 1, 1), -0.15, 0.15, **state))
    shift = shift + np.array(keras.random.uniform((50, 1, 1, 2), -0.1, 0.1, **state))
    expected = []
    for image, row, column, mirror in zip(IMAGES, rows, columns, mirrored, strict=True):
        padded = np.pad(image, ((2, 2), (2, 2), (0, 0)))
        crop = padded[row : row + 5, column : column + 4]
        expected.append(crop[:, ::-1] if mirror else crop)
    expected = np.stack(expected)
    mean = expected.mean(axis=(1, 2), keepdims=True)
    expected = (expected - mean) * contrast + mean + shift
    np.testing.assert_allclose(augment(layer), expected, atol=1e-6)


def test_a_layer_survives_its_configuration():
    layer = Augment(ALL, name="augmentation")
    again = Augment.from_config(layer.get_config())
    assert again.name == "augmentation"
    assert dict(again.augmentations) == ALL
    np.testing.assert_array_equal(augment(again), augment(layer))


def test_what_changes_colours_alone_leaves_pixels_where_they_are():
    changed = augment(Augment({"colour": Colour(contrast=1)}))
    # Each image and channel is shifted as a whole.
    shifts = changed - IMAGES
    np.testing.assert_allclose(shifts - shifts[:, :1, :1], 0, atol=1e-6)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"'mirror', .*Received: \['flip'\]"):
        Augment({"flip": Mirror()})
