import pytest
from keras import layers


def test_size_that_was_published(build, sizes):
    assert sizes(build("resnet32")) == (464_154, 466_426)


def test_it_ends_in_8_by_8_maps_of_64_channels(build):
    pooling = build("resnet32").get_layer(index=-2)
    assert pooling.input.shape[1:] == (8, 8, 64)


@pytest.mark.parametrize("name", ["resnet32", "resnet32_released"])
def test_constants_of_the_residual_networks(name, build):
    model = build(name)
    norms = [m for m in model.layers if isinstance(m, layers.BatchNormalization)]
    assert {norm.momentum for norm in norms} == {0.9}
    assert {norm.epsilon for norm in norms} == {1e-5}
    convolutions = [m for m in model.layers if isinstance(m, layers.Conv2D)]
    kinds = {type(layer.kernel_initializer).__name__ for layer in convolutions}
    assert kinds == {"HeNormal"}
    assert not any(layer.use_bias for layer in convolutions)
