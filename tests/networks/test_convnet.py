from keras import layers


def test_size_by_hand(build, sizes):
    # 3x3 kernels from 1 to 32, 64 and 64 channels, a scale and an offset for each, and
    # the last layer; not trained, a mean and a variance of each channel.
    kernels, channels = 9 * (32 + 32 * 64 + 64 * 64), 32 + 64 + 64
    trained = kernels + 2 * channels + 64 * 10 + 10
    assert sizes(build("convnet")) == (trained, trained + 2 * channels)


def test_its_batch_normalisation_remembers_about_ten_batches(build):
    model = build("convnet")
    norms = [m for m in model.layers if isinstance(m, layers.BatchNormalization)]
    assert [(norm.momentum, norm.epsilon) for norm in norms] == [(0.9, 1e-3)] * 3
