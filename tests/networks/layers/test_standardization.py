import numpy as np
import pytest

from logit_adjustment_kedro.networks.layers import Standardization


def adapted(features) -> Standardization:
    layer = Standardization(dtype="float32")
    layer.build(features.shape)
    layer.adapt(features)
    return layer


def test_each_feature_gets_mean_0_and_variance_1():
    random = np.random.default_rng(0)
    features = random.normal([5, -1e6, 0], [2, 300, 1e-9], (999, 3)).astype("float32")
    standardised = np.asarray(adapted(features)(features))
    np.testing.assert_allclose(standardised.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(standardised.std(axis=0), 1, rtol=1e-3)


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e20, 1e-42])
def test_a_feature_that_is_always_the_same_is_centred_alone(constant):
    features = np.full((1000, 1), constant, "float32")
    layer = adapted(features)
    assert np.asarray(layer(features)).item(0) == 0
    other = np.array([[constant + 0.5]], "float32")
    np.testing.assert_allclose(layer(other), other - features[:1])


def test_what_is_too_small_to_be_divided_by_is_not():
    features = np.array([[0], [2e-40], [4e-40]], "float32")
    assert np.isfinite(adapted(features)(features)).all()


def test_nothing_is_trained():
    layer = adapted(np.ones((2, 3), "float32"))
    assert layer.trainable_weights == []
    assert len(layer.weights) == 2
