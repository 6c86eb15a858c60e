import numpy as np

from logit_adjustment_kedro.networks.layers import Cosine


def made(kernel, scale) -> Cosine:
    layer = Cosine(kernel.shape[1], scale=scale)
    layer.build((None, kernel.shape[0]))
    layer.kernel.assign(kernel)
    return layer


def test_logits_are_scaled_cosines_by_hand():
    layer = made(np.array([[3.0, 0.0, -1.0], [4.0, 2.0, 0.0]]), scale=10.0)
    # Angles of (0, 5) with (3, 4), (0, 2) and (-1, 0).
    np.testing.assert_allclose(layer(np.array([[0.0, 5.0]])), [[8, 10, 0]], atol=1e-5)


def test_lengths_do_nothing():
    random = np.random.default_rng(0)
    kernel, features = random.normal(size=(4, 3)), random.normal(size=(5, 4))
    plain = made(kernel, 7.0)(features)
    scaled = made(kernel * [1, 100, 0.01], 7.0)(features * 1000)
    np.testing.assert_allclose(scaled, plain, rtol=1e-4, atol=1e-5)


def test_features_of_zeros_tell_nothing():
    logits = made(np.ones((4, 3)), 7.0)(np.zeros((1, 4)))
    np.testing.assert_array_equal(logits, np.zeros((1, 3)))
