import keras
import numpy as np
import pytest
from keras import layers
from numpy_networks import Reference, padded, pooled

from logit_adjustment_kedro.networks import NETWORKS
from logit_adjustment_kedro.networks.layers import PassOn, Whitening

Whitened = NETWORKS["whitened"]


def of_kind(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


@pytest.mark.parametrize("channels", [[64, 128, 256], [8, 12, 16]])
def test_it_trains_kernels_and_offsets_alone(build, sizes, channels):
    # By hand: two 3x3 kernels a block, the first of which takes in what the last block
    # gave or the 24 maps of whitening, two offsets a block and channel, a dense kernel;
    # not trained, 24 filters of 2x2x3, as many moving means and variances as offsets.
    inputs = [24, *channels[:-1]]
    kernels = sum(
        9 * filters * (taken + filters)
        for taken, filters in zip(inputs, channels, strict=True)
    )
    offsets = 2 * sum(channels)
    trained = kernels + offsets + channels[-1] * 10
    model = build("whitened", channels=channels)
    assert sizes(model) == (trained, trained + 24 * 12 + 2 * offsets)


def test_without_a_word_it_is_that_of_the_recipe(build):
    model = build("whitened")
    assert Whitened().channels == [64, 128, 256]
    norms = of_kind(model, layers.BatchNormalization)
    assert {norm.momentum for norm in norms} == {0.975}
    functions = {m.activation.__name__ for m in of_kind(model, layers.Activation)}
    assert functions == {"silu"}
    convolutions = of_kind(model, layers.Conv2D)
    assert isinstance(convolutions[0], Whitening)
    assert all(isinstance(m.kernel_initializer, PassOn) for m in convolutions[1:])


def test_the_last_layer_gets_a_ninth_of_the_maximum_of_each_map(build, images_for):
    model = build("whitened", channels=[4, 5, 6])
    last = of_kind(model, layers.Activation)[-1].output
    ends = keras.Model(model.input, [last, model.output])
    maps, logits = ends.predict_on_batch(images_for("whitened"))
    kernel = np.asarray(model.get_layer("logits").kernel)
    expected = maps.max(axis=(1, 2)) @ kernel / 9
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_logits_are_those_of_its_description_with_the_same_weights(
    training, build, images_for
):
    """Only while training does it matter if maps are pooled or normalised first."""
    model = build("whitened", channels=[4, 5, 6])
    reference = Reference(model, epsilon=1e-5, training=training)
    images = images_for("whitened") / 255 - 0.5

    def activated(x):
        return x / (1 + np.exp(-x))

    x = activated(reference.convolved(images))
    for _ in range(3):
        x = pooled(reference.convolved(padded(x, 1, 1)))
        x = activated(reference.normalised(x))
        x = reference.convolved(padded(x, 1, 1))
        x = activated(reference.normalised(x))
    expected = reference.logits(x.max(axis=(1, 2)) / 9)
    rest = keras.Model(model.get_layer("augmentation").output, model.output)
    found = rest(images, training=training)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_activation_and_statistics_are_parameters(build):
    model = build("whitened", activation="relu", statistics_momentum=0.8)
    functions = {m.activation.__name__ for m in of_kind(model, layers.Activation)}
    assert functions == {"relu"}
    norms = of_kind(model, layers.BatchNormalization)
    assert {norm.momentum for norm in norms} == {0.8}


def test_without_whitening_the_first_layer_is_random_and_as_frozen(build):
    model = build("whitened", whiten=False)
    first = model.get_layer("whitening")
    assert not isinstance(first, Whitening)
    assert first.trainable_weights == []
    whitening = build("whitened").get_layer("whitening").kernel
    assert first.kernel.shape == whitening.shape
    halves = np.split(np.asarray(first.kernel), 2, axis=-1)
    assert not np.allclose(halves[0], -halves[1])


def test_without_identity_convolutions_start_at_random(build):
    kernel = of_kind(build("whitened", identity=False), layers.Conv2D)[1].kernel
    assert np.abs(np.asarray(kernel)).min(axis=(0, 1)).all()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"channels": [64, 128]}, "channels: List should have at least 3 items"),
        ({"channels": [64, 0, 256]}, "channels.1: .*greater than or equal to 1"),
        ({"statistics_momentum": 1.0}, "statistics_momentum: .*less than 1"),
        ({"activation": "gelu"}, "activation: .*'silu' or 'relu'"),
        ({"channel": 3}, "channel: there is no such .*Did you mean channels?"),
    ],
)
def test_wrong_parameters_are_refused(wrong, told):
    with pytest.raises(ValueError, match=told):
        Whitened.model_validate(wrong)
