import numpy as np
from keras import ops

from logit_adjustment_kedro.networks import Augmentation

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
