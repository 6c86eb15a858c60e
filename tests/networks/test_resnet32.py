import keras
import numpy as np
import pytest
from keras import layers
from numpy_networks import Reference, padded, rectified


def test_size_that_was_published(build, sizes):
    assert sizes(build("resnet32")) == (464_154, 466_426)


def test_it_works_on_maps_of_the_size_of_the_images_and_halves_them_twice(build):
    model = build("resnet32")
    sums = [m.output.shape[1:] for m in model.layers if isinstance(m, layers.Add)]
    assert sums == [(32, 32, 16)] * 5 + [(16, 16, 32)] * 5 + [(8, 8, 64)] * 5
    assert model.get_layer(index=-2).input.shape[1:] == (8, 8, 64)


def test_shortcuts_take_every_second_pixel_and_each_sum_is_rectified(build, images_for):
    model = build("resnet32")
    norms = [m for m in model.layers if isinstance(m, layers.BatchNormalization)]
    for norm in norms[2::2]:  # so a block adds -0.02 to its shortcut, and no more
        norm.gamma.assign(np.zeros(norm.gamma.shape))
        norm.beta.assign(np.full(norm.beta.shape, -0.02))
    ends = keras.Model(model.input, [norms[0].output, model.get_layer("logits").input])
    maps, features = ends.predict_on_batch(images_for("resnet32", images=2))
    # Of the maps that the blocks begin with, every fourth pixel comes through two
    # shortcuts, less 0.02 in each of fifteen blocks; new channels are zeros.
    left = np.maximum(maps[:, ::4, ::4] - 15 * 0.02, 0).mean(axis=(1, 2))
    assert (left > 0).any()
    np.testing.assert_allclose(features[:, :16], left, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(features[:, 16:], 0)


@pytest.mark.parametrize("name", ["resnet32", "resnet32_released"])
def test_constants_of_the_residual_networks(name, build):
    model = build(name)
    norms = [m for m in model.layers if isinstance(m, layers.BatchNormalization)]
    assert {norm.momentum for norm in norms} == {0.9}
    assert {norm.epsilon for norm in norms} == {1e-5}
    convolutions = [m for m in model.layers if isinstance(m, layers.Conv2D)]
    kinds = {type(layer.kernel_initializer).__name__ for layer in convolutions}
    assert kinds == {"HeNormal"}
    assert not any(layer.use_bias for layer in convolutions)


def test_logits_are_those_of_he_et_al_with_the_same_weights(build, images_for):
    """Computed anew, of the same arrays, as the paper describes its network."""
    model, images = build("resnet32"), images_for("resnet32", images=2)
    reference = Reference(model, epsilon=1e-5)

    def unit(x, stride=1):
        return reference.normalised(reference.convolved(padded(x, 1, 1), stride))

    x = rectified(unit(images / 255 - 0.5))
    for filters in (16, 32, 64):
        for block in range(5):
            stride = 2 if filters > 16 and block == 0 else 1
            new = [(0, 0)] * 3 + [(0, filters - x.shape[-1])]
            shortcut = np.pad(x[:, ::stride, ::stride], new)
            x = rectified(unit(rectified(unit(x, stride))) + shortcut)
    expected = reference.logits(x.mean(axis=(1, 2)))
    found = model.predict_on_batch(images)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
