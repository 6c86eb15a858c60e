from keras import layers


def test_size_that_was_published(build, sizes):
    assert sizes(build("resnet32_released")) == (300_762, 304_506)


def test_it_works_on_36_by_36_maps_and_halves_them_twice(build):
    model = build("resnet32_released")
    sums = [m.output.shape[1:] for m in model.layers if isinstance(m, layers.Add)]
    assert sums == [(36, 36, 16)] * 5 + [(18, 18, 32)] * 5 + [(9, 9, 64)] * 5
    convolutions = [m for m in model.layers if isinstance(m, layers.Conv2D)]
    assert convolutions[0].output.shape[1:] == (36, 36, 16)
    assert {layer.kernel_size for layer in convolutions[1:]} == {(1, 1), (3, 3)}
