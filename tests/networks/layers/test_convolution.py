import keras
import numpy as np
import pytest

from logit_adjustment_kedro.networks.layers import (
    PassOn,
    convolution,
    normalized_convolution,
)


def of_kind(x, kind):
    (layer,) = [m for m in keras.Model(x[0], x[1]).layers if isinstance(m, kind)]
    return layer


def test_a_convolution_has_no_bias_and_keeps_the_size():
    images = keras.Input((9, 7, 2))
    maps = convolution(images, 5, 3, l2=0.25)
    layer = of_kind((images, maps), keras.layers.Conv2D)
    assert maps.shape == (None, 9, 7, 5)
    assert not layer.use_bias
    layer.kernel.assign(np.full(layer.kernel.shape, 2.0))
    assert float(layer.losses[0]) == pytest.approx(0.25 * 4 * 3 * 3 * 2 * 5)


def test_stride_and_padding_are_as_given():
    images = keras.Input((9, 7, 2))
    maps = normalized_convolution(images, 5, 3, 0.0, strides=2, padding="valid")
    assert maps.shape == (None, 4, 3, 5)
    norm = of_kind((images, maps), keras.layers.BatchNormalization)
    assert (norm.momentum, norm.epsilon) == (0.9, 1e-5)


@pytest.mark.parametrize(("channels", "filters"), [(2, 5), (3, 3), (5, 2)])
def test_convolutions_pass_their_channels_on_unchanged(channels, filters):
    layer = keras.layers.Conv2D(
        filters, 3, padding="same", use_bias=False, kernel_initializer=PassOn()
    )
    maps = np.random.default_rng(0).normal(size=(2, 6, 6, channels)).astype("float32")
    passed = min(channels, filters)
    np.testing.assert_allclose(
        np.asarray(layer(maps))[..., :passed], maps[..., :passed], atol=1e-5
    )
    assert (
        np.abs(np.asarray(layer.kernel)[..., passed:]).max(axis=(0, 1, 2)) > 0
    ).all()
