import keras
import numpy as np
import pytest
from keras import layers

from logit_adjustment_kedro.networks import NETWORKS, build_network
from logit_adjustment_kedro.pipelines.modeling.params import Training

SHAPES = {
    "convnet": (8, 8, 1),
    "resnet32": (32, 32, 3),
    "resnet32_released": (32, 32, 3),
    "whitened": (32, 32, 3),
}


def build(name, num_classes=10, l2=0.0):
    images = np.random.default_rng(0).integers(0, 256, (20, *SHAPES[name]), "uint8")
    return build_network(
        name,
        images,
        num_classes,
        padding=2,
        flip=True,
        zoom=1.2,
        colour_jitter=True,
        l2=l2,
    )


def weights_of(model, which):
    return sum(int(np.prod(weight.shape)) for weight in getattr(model, which))


def test_recipes_may_name_every_network():
    annotation = Training.model_fields["network"].annotation
    assert set(annotation.__args__) == set(NETWORKS)


@pytest.mark.parametrize(
    ("name", "trainable", "all_weights"),
    [("resnet32", 464_154, 466_426), ("resnet32_released", 300_762, 304_506)],
)
def test_sizes_that_were_published(name, trainable, all_weights):
    model = build(name)
    assert weights_of(model, "trainable_weights") == trainable
    assert model.count_params() == all_weights


def test_whitened_trains_kernels_and_offsets_alone():
    # By hand: 3x3 kernels from 24 to 64, 64, 128, 128, 256 and 256 channels, two
    # offsets a block, a dense kernel; not trained, 24 filters of 2x2x3 and as many
    # moving means and variances as there are offsets.
    pairs = [(24, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256)]
    kernels = sum(9 * inputs * filters for inputs, filters in pairs) + 256 * 10
    offsets = sum(filters for _, filters in pairs)
    model = build("whitened")
    assert weights_of(model, "trainable_weights") == kernels + offsets
    assert model.count_params() == kernels + offsets + 24 * 12 + 2 * offsets


def test_released_network_works_on_36_by_36_maps():
    convolutions = [
        layer
        for layer in build("resnet32_released").layers
        if isinstance(layer, layers.Conv2D)
    ]
    assert convolutions[0].output.shape[1:] == (36, 36, 16)
    assert {layer.kernel_size for layer in convolutions[1:]} == {(1, 1), (3, 3)}


def test_resnet32_ends_in_8_by_8_maps_of_64_channels():
    pooling = build("resnet32").get_layer(index=-2)
    assert pooling.input.shape[1:] == (8, 8, 64)


@pytest.mark.parametrize("name", NETWORKS)
def test_saved_model_takes_raw_images_and_gives_the_same_logits(name, tmp_path):
    images = np.random.default_rng(0).integers(
        0, 256, (4, *SHAPES[name]), dtype="uint8"
    )
    model = build(name, num_classes=7)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    logits = loaded.predict(images, verbose=0)
    assert (logits.shape, logits.dtype) == ((4, 7), "float32")
    np.testing.assert_allclose(logits, model.predict(images, verbose=0), rtol=1e-5)
    assert weights_of(loaded, "trainable_weights") == weights_of(
        model, "trainable_weights"
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_l2_is_on_kernels_and_never_on_batch_norm(name):
    model = build(name, l2=0.5)
    kernels = [
        layer.kernel
        for layer in model.layers
        if isinstance(layer, layers.Conv2D | layers.Dense) and layer.kernel.trainable
    ]
    expected = 0.5 * sum(float(np.sum(np.square(kernel))) for kernel in kernels)
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_black_and_white_become_minus_and_plus_one_half(name):
    model = build(name)
    scaled = keras.Model(model.input, model.get_layer("augmentation").output)
    images = np.zeros((2, *SHAPES[name]), "uint8")
    images[1] = 255
    values = scaled.predict_on_batch(images)
    np.testing.assert_allclose(values[0], -0.5)
    np.testing.assert_allclose(values[1], 0.5, atol=1e-6)


@pytest.mark.parametrize("name", ["resnet32", "resnet32_released"])
def test_constants_of_the_residual_networks(name):
    norms = [
        layer
        for layer in build(name).layers
        if isinstance(layer, layers.BatchNormalization)
    ]
    assert {norm.momentum for norm in norms} == {0.9}
    assert {norm.epsilon for norm in norms} == {1e-5}
    convolutions = [
        layer for layer in build(name).layers if isinstance(layer, layers.Conv2D)
    ]
    kinds = {type(layer.kernel_initializer).__name__ for layer in convolutions}
    assert kinds == {"HeNormal"}
    assert not any(layer.use_bias for layer in convolutions)


def test_released_network_also_regularises_the_last_bias():
    model = build("resnet32_released", l2=0.5)
    before = float(sum(model.losses))
    model.get_layer("logits").bias.assign(np.full(10, 2.0))
    assert float(sum(model.losses)) - before == pytest.approx(0.5 * 10 * 4, rel=1e-3)
