import numpy as np
from keras import layers
from numpy_networks import Reference, padded, rectified


def test_size_that_was_published(build, sizes):
    assert sizes(build("resnet32_released")) == (300_762, 304_506)


def test_it_works_on_36_by_36_maps_and_halves_them_twice(build):
    model = build("resnet32_released")
    sums = [m.output.shape[1:] for m in model.layers if isinstance(m, layers.Add)]
    assert sums == [(36, 36, 16)] * 5 + [(18, 18, 32)] * 5 + [(9, 9, 64)] * 5
    convolutions = [m for m in model.layers if isinstance(m, layers.Conv2D)]
    assert convolutions[0].output.shape[1:] == (36, 36, 16)
    assert {layer.kernel_size for layer in convolutions[1:]} == {(1, 1), (3, 3)}


def test_logits_are_those_of_the_released_code_with_the_same_weights(build, images_for):
    """Computed anew, of the same arrays, as the authors' code describes its network."""
    model = build("resnet32_released")
    images = images_for("resnet32_released", images=2)
    reference = Reference(model, epsilon=1e-5)

    def unit(x, stride=1):
        return reference.normalised(reference.convolved(x, stride))

    x = rectified(unit(padded(images / 255 - 0.5, 3, 3)))
    for first_stride in (1, 2, 2):
        for block in range(5):
            stride = first_stride if block == 0 else 1
            inner = rectified(unit(x))
            # With a stride of 2 over an even number of rows, "same" adds zeros after
            # the last row alone: the kernel is centred on rows 1, 3, 5.
            inner = rectified(unit(padded(inner, 2 - stride, 1), stride))
            inner = unit(inner)
            shortcut = unit(x, stride) if block == 0 else x
            x = rectified(inner + shortcut)
    expected = reference.logits(reference.normalised(x).mean(axis=(1, 2)))
    found = model.predict_on_batch(images)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
