from keras import layers


def test_size_that_was_published(build, sizes):
    assert sizes(build("resnet32_released")) == (300_762, 304_506)


def test_it_works_on_36_by_36_maps(build):
    model = build("resnet32_released")
    convolutions = [m for m in model.layers if isinstance(m, layers.Conv2D)]
    assert convolutions[0].output.shape[1:] == (36, 36, 16)
    assert {layer.kernel_size for layer in convolutions[1:]} == {(1, 1), (3, 3)}
