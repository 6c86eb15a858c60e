import numpy as np
from keras import layers
from numpy_networks import Reference, padded, pooled, rectified


def test_size_by_hand(build, sizes):
    # 3x3 kernels from 1 to 32, 64 and 64 channels, a scale and an offset for each, and
    # the last layer; not trained, a mean and a variance of each channel.
    kernels, channels = 9 * (32 + 32 * 64 + 64 * 64), 32 + 64 + 64
    trained = kernels + 2 * channels + 64 * 10 + 10
    assert sizes(build("convnet")) == (trained, trained + 2 * channels)


def test_its_batch_normalisation_remembers_about_ten_batches(build):
    model = build("convnet")
    norms = [m for m in model.layers if isinstance(m, layers.BatchNormalization)]
    assert [(norm.momentum, norm.epsilon) for norm in norms] == [(0.9, 1e-3)] * 3


def test_logits_are_those_of_its_description_with_the_same_weights(build, images_for):
    model, images = build("convnet"), images_for("convnet")
    reference = Reference(model, epsilon=1e-3)

    def unit(x):
        return rectified(reference.normalised(reference.convolved(padded(x, 1, 1))))

    x = pooled(unit(pooled(unit(images / 255 - 0.5))))
    expected = reference.logits(unit(x).mean(axis=(1, 2)))
    found = model.predict_on_batch(images)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
