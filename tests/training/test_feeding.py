"""The ways of the training images to the network, and how many are read at a time."""

from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from tiny import TEST, TRAIN, make_task, weights

from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.training import (
    feeding,
    predict,
    predictions,
    train,
    trainee,
)
from logit_adjustment_kedro.training.diary import Diary
from logit_adjustment_kedro.training.feeding import (
    OnDevice,
    Streamed,
    as_fitted,
    feeding_of,
)
from logit_adjustment_kedro.training.predictions import shown_together
from logit_adjustment_kedro.training.trainee import trainee_of


@pytest.fixture
def on_disk(tmp_path) -> ImageSet:
    """The training images in a file, in an order of their own."""
    np.save(tmp_path / "images.npy", TRAIN.pixels[::-1])
    pixels = np.load(tmp_path / "images.npy", mmap_mode="r")
    return replace(TRAIN, pixels=pixels, rows=np.arange(len(TRAIN))[::-1])


def test_what_is_read_from_disk_trains_as_what_is_on_the_device(monkeypatch, on_disk):
    asked = make_task("logit_adjusted")
    plain = train(asked, 3)
    monkeypatch.setattr(feeding, "ON_DEVICE", TRAIN.pixels.nbytes - 1)
    streamed = train(replace(asked, train_set=on_disk), 3)
    np.testing.assert_array_equal(weights(streamed), weights(plain))
    for place, logits in plain.logits.items():
        np.testing.assert_array_equal(streamed.logits[place], logits)
    learnt = [run.epochs.drop(columns="seconds") for run in (streamed, plain)]
    assert learnt[0].equals(learnt[1])


def test_the_way_follows_from_the_size(monkeypatch, on_disk):
    monkeypatch.setattr(feeding, "ON_DEVICE", TRAIN.pixels.nbytes)
    assert isinstance(feeding_of(on_disk), OnDevice)
    monkeypatch.setattr(feeding, "ON_DEVICE", TRAIN.pixels.nbytes - 1)
    assert isinstance(feeding_of(on_disk), Streamed)
    assert isinstance(feeding_of(on_disk.take(np.arange(29))), OnDevice)


def test_a_batch_from_disk_is_that_of_its_rows(on_disk):
    rows = np.array([4, 0, 29])
    batch = Streamed(on_disk).batch(rows)
    np.testing.assert_array_equal(batch, TRAIN.pixels[rows])


def test_what_keras_is_given_are_the_batches_of_the_epoch():
    task = make_task("balanced")
    batches = trainee_of(task, task.split(3), 3).batches
    given = as_fitted(batches)
    assert int(given.cardinality()) == len(batches) > 1
    for epoch in (0, 1):
        batches.set_epoch(epoch)
        for some, same in zip(given, batches, strict=True):
            for tensor, array in zip(some, same, strict=True):
                assert tensor.dtype == array.dtype
                np.testing.assert_array_equal(tensor, array)


def test_no_thread_tunes_what_keras_is_given():
    # It kept epochs from ending for ten seconds, now and then.
    task, seen = make_task("balanced"), []
    trainee = trainee_of(task, task.split(3), 3)
    listening = SimpleNamespace(fit=lambda given, **_: seen.append(given))
    replace(trainee, trainer=listening).fit(Diary(), 1, [])
    assert [given.options().autotune.enabled for given in seen] == [False]


@pytest.mark.parametrize(
    ("shape", "most"),
    [
        ((32, 32, 3), 1000),
        ((8, 8, 1), 1000),
        ((64, 64, 3), 250),
        ((64, 16, 1), 1000),
        ((1024, 1024, 1), 1),
    ],
)
def test_a_network_is_shown_fewer_of_larger_images(shape, most):
    pixels = np.zeros((1, *shape), np.uint8)
    images = ImageSet(pixels, np.zeros(1, int), ("a", "b"), origin="zeros")
    assert shown_together(images) == most


@pytest.mark.parametrize("most", [1, 7, 9, 1000])
def test_logits_are_those_of_the_images_however_they_are_read(monkeypatch, most):
    monkeypatch.setattr(predictions, "MOST", most)
    inputs = keras.Input((4, 4, 1), dtype="uint8")
    weigh = keras.layers.Dense(3, kernel_initializer="glorot_normal")
    network = keras.Model(inputs, weigh(keras.layers.Flatten()(inputs)))
    expected = network.predict_on_batch(TEST.pixels)
    np.testing.assert_allclose(predict(network, TEST), expected, rtol=1e-5)
    turned = network.predict_on_batch(TEST.pixels[:, :, ::-1])
    found = predict(network, TEST, mirrored=True)
    np.testing.assert_allclose(found, turned, rtol=1e-5)
    rows = np.array([7, 2])
    some = predict(network, TEST.take(rows))
    np.testing.assert_allclose(some, expected[rows], rtol=1e-5)


def test_the_examples_are_from_all_over_the_set(monkeypatch):
    monkeypatch.setattr(trainee, "EXAMPLES", 31 * 16)
    np.testing.assert_array_equal(trainee._examples(TRAIN), TRAIN.pixels)
    monkeypatch.setattr(trainee, "EXAMPLES", 4 * 16)
    found = trainee._examples(TRAIN)
    np.testing.assert_array_equal(found, TRAIN.pixels[[0, 9, 19, 29]])
