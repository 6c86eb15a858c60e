import keras
import numpy as np
import pytest

from logit_adjustment_kedro.networks.layers import FusedBatchNormalization

ARGUMENTS = {"momentum": 0.7, "epsilon": 1e-3}
MAPS = np.random.default_rng(0).normal(3, 2, (5, 4, 3, 6)).astype("float32")


def gradients(layer, training):
    """Returns the gradient of a sum of squares by the input and by the weights."""
    maps = keras.Variable(MAPS)
    rest = layer.non_trainable_variables
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            normalised = layer(maps, training=training)
            loss = tf.reduce_sum(normalised**2 * maps.value)
        return tape.gradient(loss, [maps.value, *layer.trainable_variables])

    import jax

    def loss(maps, weights):
        normalised, _ = layer.stateless_call(weights, rest, maps, training=training)
        return (normalised**2 * maps).sum()

    by = jax.grad(loss, (0, 1))(
        maps.value, [variable.value for variable in layer.trainable_variables]
    )
    return [by[0], *by[1]]


def pair(**arguments):
    """Returns Keras's layer and ours, with the same weights, none of them trivial."""
    layers = keras.layers.BatchNormalization, FusedBatchNormalization
    theirs, ours = (layer(**ARGUMENTS, **arguments) for layer in layers)
    random = np.random.default_rng(1)
    for layer in (theirs, ours):
        layer.build(MAPS.shape)
    values = [random.uniform(0.5, 2, 6) for _ in theirs.weights]
    theirs.set_weights(values)
    ours.set_weights(values)
    return theirs, ours


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("scale", [False, True])
def test_outputs_gradients_and_statistics_are_those_of_keras(training, scale):
    theirs, ours = pair(scale=scale)
    for by_theirs, by_ours in zip(
        gradients(theirs, training), gradients(ours, training), strict=True
    ):
        np.testing.assert_allclose(by_ours, by_theirs, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(
        ours(MAPS, training=training),
        theirs(MAPS, training=training),
        rtol=1e-5,
        atol=1e-5,
    )
    for moved, expected in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(moved, expected, rtol=1e-5)


def test_half_precision_maps_keep_single_precision_statistics():
    layer = FusedBatchNormalization(**ARGUMENTS, dtype="mixed_bfloat16")
    normalised = layer(MAPS, training=True)
    assert keras.backend.standardize_dtype(normalised.dtype) == "bfloat16"
    assert {variable.dtype for variable in layer.weights} == {"float32"}
    np.testing.assert_allclose(
        layer.moving_mean, 0.3 * MAPS.mean(axis=(0, 1, 2)), rtol=0.01
    )
