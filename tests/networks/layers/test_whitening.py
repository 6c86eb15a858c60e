import keras
import numpy as np
import pytest

from logit_adjustment_kedro.networks.layers import Whitening


@pytest.fixture
def images():
    """Smooth noise: neighbouring pixels and channels are alike, as in photographs."""
    noise = np.random.default_rng(0).normal(size=(50, 20, 20, 3)).cumsum(3)
    smooth = noise[:, 1:, 1:] + noise[:, :-1, 1:] + noise[:, 1:, :-1]
    return (smooth / np.abs(smooth).max() / 2).astype("float32")


def test_maps_are_uncorrelated_and_of_unit_variance(images):
    layer = Whitening(24)
    layer.build(images.shape)
    layer.adapt(images)
    maps = np.asarray(layer(images))
    covariance = np.cov(maps[..., :12].reshape(-1, 12), rowvar=False)
    np.testing.assert_allclose(covariance, np.diag(np.diagonal(covariance)), atol=1e-3)
    # Directions of little variance are damped; all others have the variance 1.
    assert (np.diagonal(covariance)[-8:] > 0.95).all()
    assert (np.diagonal(covariance) < 1.001).all()
    np.testing.assert_allclose(maps[..., 12:], -maps[..., :12], atol=1e-4)


def test_images_of_one_colour_do_not_blow_up():
    layer = Whitening(24)
    grey = np.zeros((4, 8, 8, 3), "float32")
    layer.build(grey.shape)
    layer.adapt(grey)
    assert np.isfinite(np.asarray(layer.kernel)).all()


def test_nothing_in_the_layer_is_trained():
    layer = Whitening(8)
    layer.build((None, 9, 9, 1))
    assert [variable.name for variable in layer.weights] == ["kernel"]
    assert layer.trainable_variables == []


def test_a_built_network_whitens_its_training_images(build):
    images = np.random.default_rng(0).integers(0, 256, (30, 12, 12, 3), "uint8")
    network = build("whitened", num_classes=4, images=images)
    whitening = network.get_layer("whitening")
    maps = keras.Model(network.input, whitening.output).predict_on_batch(images)
    variances = maps.reshape(-1, 24).var(axis=0)
    np.testing.assert_allclose(variances, 1, atol=0.05)
