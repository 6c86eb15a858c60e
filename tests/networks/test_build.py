import keras
import numpy as np
import pytest
from keras import layers

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.networks import (
    HEADS,
    NETWORKS,
    Architecture,
    build_network,
    load_network,
)
from logit_adjustment_kedro.networks.augmentations import Mirror

FEATURES = np.random.default_rng(0).normal(7, 3, (50, 1, 1, 6)).astype("float32")
LEARNING = [name for name in NETWORKS if name != "frozen"]


@pytest.mark.parametrize("name", LEARNING)
def test_saved_model_takes_raw_images_and_gives_the_same_logits(
    name, build, images_for, tmp_path
):
    images = images_for(name, images=4)
    model = build(name, num_classes=7)
    model.save(tmp_path / "model.keras")
    loaded = load_network(tmp_path / "model.keras")
    logits = loaded.predict(images, verbose=0)
    assert (logits.shape, logits.dtype) == ((4, 7), "float32")
    np.testing.assert_array_equal(logits, model.predict(images, verbose=0))
    trainable = [len(m.trainable_weights) for m in (model, loaded)]
    assert trainable[0] == trainable[1]


def test_a_loaded_model_goes_on_augmenting_as_the_saved_one(
    build, images_for, tmp_path
):
    images, models = images_for("whitened"), [build("whitened")]
    models[0].save(tmp_path / "model.keras")
    models.append(load_network(tmp_path / "model.keras"))
    augmented = []
    for model in models:
        layer = model.get_layer("augmentation")
        layer.seed_generator.state.assign([7, 0])
        augmented.append(np.asarray(layer(images / 255, training=True)))
    np.testing.assert_array_equal(*augmented)
    assert (augmented[0] != (images / 255).astype("float32")).any()


@pytest.mark.parametrize("name", LEARNING)
def test_l2_is_on_kernels_and_never_on_batch_norm(name, build):
    model = build(name, l2=0.5)
    kernels = [
        layer.kernel
        for layer in model.layers
        if isinstance(layer, layers.Conv2D | layers.Dense) and layer.kernel.trainable
    ]
    expected = 0.5 * sum(float(np.sum(np.square(kernel))) for kernel in kernels)
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", LEARNING)
def test_black_and_white_become_minus_and_plus_one_half(name, build, images_for):
    model = build(name)
    scaled = keras.Model(model.input, model.get_layer("augmentation").output)
    images = np.zeros_like(images_for(name, images=2))
    images[1] = 255
    values = scaled.predict_on_batch(images)
    np.testing.assert_allclose(values[0], -0.5)
    np.testing.assert_allclose(values[1], 0.5, atol=1e-6)


@pytest.mark.parametrize("name", LEARNING)
def test_a_registered_network_goes_by_its_key(name, build):
    assert NETWORKS[name].name == name == build(name).name


def test_an_added_network_needs_nothing_but_its_class(images_for):
    class Flat(NETWORKS["convnet"]):
        name = "flat"
        head_bias = False

        def features(self, images, l2):
            return layers.Flatten()(images)

    architecture = Architecture(Flat(), HEADS["linear"](), {}, l2=0.0)
    model = build_network(architecture, images_for("convnet"), 3)
    assert [layer.name for layer in model.layers][-1] == "logits"
    assert model.count_params() == 64 * 3


def test_a_layer_with_adapt_gets_what_it_will_work_on():
    class Centred(NETWORKS["convnet"]):
        def features(self, images, l2):
            return layers.Flatten()(layers.Normalization()(images))

    images = np.full((6, 8, 8, 1), 51, "uint8")
    architecture = Architecture(Centred(), HEADS["linear"](), {}, l2=0.0)
    model = build_network(architecture, images, 3)
    (normalization,) = [m for m in model.layers if isinstance(m, layers.Normalization)]
    np.testing.assert_allclose(np.ravel(normalization.mean), 0.2 - 0.5, rtol=1e-5)


@pytest.mark.parametrize("head", HEADS)
def test_features_are_standardised_and_neither_scaled_nor_augmented(head, tmp_path):
    architecture = Architecture(NETWORKS["standardised"](), HEADS[head](), {}, l2=0.0)
    model = build_network(architecture, FEATURES, 3)
    assert model.input.dtype == "float32"
    last = keras.Model(model.input, model.get_layer("logits").input)
    centred = FEATURES[:, 0, 0] - FEATURES[:, 0, 0].mean(axis=0)
    expected = centred / centred.std(axis=0)
    found = last.predict_on_batch(FEATURES)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    model.save(tmp_path / "model.keras")
    loaded = load_network(tmp_path / "model.keras")
    logits = (m.predict_on_batch(FEATURES) for m in (model, loaded))
    np.testing.assert_array_equal(*logits)


@pytest.mark.parametrize(
    ("network", "augmentations", "told"),
    [
        ("standardised", {"mirror": Mirror()}, "no training.augmentation of features"),
        ("convnet", {}, "network=standardised for features. Received: convnet"),
        ("whitened", {}, "network=standardised for features. Received: whitened"),
        ("resnet32", {}, "network=standardised for features. Received: resnet32"),
    ],
)
def test_what_is_for_pictures_is_refused_of_features(network, augmentations, told):
    architecture = Architecture(
        NETWORKS[network](), HEADS["linear"](), augmentations, l2=0.0
    )
    with pytest.raises(InputError, match=told):
        build_network(architecture, FEATURES, 3)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_features_are_not_rounded_before_they_are_standardised(policy):
    """Of a mean of 100,000 and a deviation of 10, half a precision knows one number."""
    features = FEATURES * 10 + 1e5
    keras.config.set_dtype_policy(policy)
    try:
        architecture = Architecture(
            NETWORKS["standardised"](), HEADS["linear"](), {}, l2=0.0
        )
        model = build_network(architecture, features.astype("float32"), 3)
    finally:
        keras.config.set_dtype_policy("float32")
    layer = next(layer for layer in model.layers if hasattr(layer, "adapt"))
    expected = features.reshape(len(features), -1).std(axis=0)
    np.testing.assert_allclose(np.asarray(layer.deviation), expected, rtol=1e-2)
