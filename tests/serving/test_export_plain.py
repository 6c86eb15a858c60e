import json

import keras
import numpy as np
import pytest

from exported import FEATURES, IMAGES, make_network
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.networks import load_network
from logit_adjustment_kedro.networks.layers import InputScaling
from logit_adjustment_kedro.serving.export.plain import plain


def logits_of(network, examples):
    return plain(network, "rebuilt").predict_on_batch(examples.astype("float32"))


@pytest.mark.parametrize(
    ("name", "examples", "head"),
    [
        ("convnet", IMAGES, "cosine"),
        ("resnet32", IMAGES, "linear"),
        ("standardised", FEATURES, "linear"),
        ("standardised", IMAGES, "cosine"),
        ("whitened", IMAGES, "linear"),
    ],
)
def test_a_rebuilt_network_has_the_logits_of_the_original(name, examples, head):
    network = make_network(name, examples, head)
    expected = network.predict_on_batch(examples)
    assert expected.std() > 0.003
    scale = max(1, np.abs(expected).max())
    np.testing.assert_allclose(
        logits_of(network, examples), expected, atol=1e-5 * scale
    )


def test_a_stored_network_is_rebuilt_as_the_one_in_memory(tmp_path):
    network = make_network("whitened")
    network.save(tmp_path / "network.keras")
    rebuilt = logits_of(load_network(tmp_path / "network.keras"), IMAGES)
    np.testing.assert_allclose(rebuilt, network.predict_on_batch(IMAGES), atol=1e-5)


def test_a_rebuilt_network_knows_nothing_of_this_project():
    config = json.dumps(plain(make_network("whitened"), "rebuilt").get_config())
    assert "logit_adjustment_kedro" not in config


def test_what_was_trained_in_half_precision_answers_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = make_network("convnet")
    finally:
        keras.config.set_dtype_policy("float32")
    rebuilt = plain(network, "rebuilt")
    assert {layer.compute_dtype for layer in rebuilt.layers} == {"float32"}
    expected = network.predict_on_batch(IMAGES)
    difference = np.abs(rebuilt.predict_on_batch(IMAGES.astype("float32")) - expected)
    assert 0 < difference.max() < 0.05 * np.abs(expected).max()


@pytest.mark.parametrize("module", ["resnet", "mobilenet_v2", "densenet", "convnext"])
def test_pixels_are_scaled_as_each_module_does(module):
    images = keras.Input((None, None, 3), dtype="float32")
    network = keras.Model(images, InputScaling(module)(images))
    pixels = IMAGES.astype("float32")
    expected = network.predict_on_batch(pixels)
    np.testing.assert_allclose(logits_of(network, pixels), expected, atol=1e-4)


def test_an_antialiased_resize_is_replaced_by_one_that_all_formats_have():
    images = keras.Input((16, 20, 3), dtype="uint8")
    network = keras.Model(images, keras.layers.Resizing(7, 33, antialias=True)(images))
    rebuilt = logits_of(network, IMAGES)
    np.testing.assert_allclose(rebuilt, network.predict_on_batch(IMAGES), atol=0.01)


def test_a_layer_of_somebody_else_is_refused():
    class Strange(keras.layers.Identity):
        pass

    entry = keras.Input((3,))
    network = keras.Model(entry, Strange(name="odd")(entry))
    with pytest.raises(InputError, match="Received: odd, a Strange"):
        plain(network, "rebuilt")
