"""The engine, on features in place of images."""

from dataclasses import replace

import numpy as np
import pytest
from tiny import RECIPE, TEST, TRAIN, image_set, logits_of, weights

from logit_adjustment_kedro.images import FeatureSet, ImageSet
from logit_adjustment_kedro.longtail.methods import ERM, WeightNormalised
from logit_adjustment_kedro.runs import View
from logit_adjustment_kedro.training import Recipe, Task, feeding, train, trainee
from logit_adjustment_kedro.training.feeding import OnDevice, Streamed, feeding_of


def features_of(images: ImageSet) -> FeatureSet:
    """Columns of pixels, on scales of their own."""
    flat = images.pixels.reshape(len(images), -1) / 255 * np.geomspace(1e-3, 1e3, 16)
    return FeatureSet.of(
        flat.astype("float32"), images.labels, images.class_names, origin="noise"
    )


ROWS, TESTED = features_of(TRAIN), features_of(TEST)


def make_task(train_set=ROWS, **changes) -> Task:
    recipe = RECIPE | {"network": "standardised", "augmentation": {}, "l2": 0.01}
    recipe |= {"epochs": 20, "evaluate_every": 20}
    return Task(ERM(), Recipe.model_validate(recipe | changes), train_set, TESTED)


@pytest.mark.parametrize("head", ["linear", "cosine"])
def test_features_are_learnt_whatever_their_scales(head):
    done = train(make_task(features_of(image_set(20, 20, 20)), head=head), 3)
    assert (logits_of(done).argmax(axis=1) == TESTED.labels).mean() > 0.7
    mirrored = logits_of(done, View.MIRRORED)
    np.testing.assert_array_equal(mirrored, logits_of(done))


def test_weight_normalisation_leaves_cosines_as_they_are():
    done = train(make_task(head="cosine"), 3)
    logits = logits_of(done)
    adjusted = WeightNormalised(tau=2.0).adjust(logits, done.last_layer)
    np.testing.assert_array_equal(adjusted, logits)


def test_what_is_read_from_disk_trains_as_what_is_on_the_device(monkeypatch, tmp_path):
    np.save(tmp_path / "images.npy", ROWS.pixels)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    on_disk = replace(ROWS, pixels=mapped)
    plain = train(make_task(), 3)
    assert isinstance(feeding_of(ROWS), OnDevice)
    monkeypatch.setattr(feeding, "ON_DEVICE", ROWS.pixels.nbytes - 1)
    assert isinstance(feeding_of(on_disk), Streamed)
    streamed = train(make_task(on_disk), 3)
    np.testing.assert_array_equal(weights(streamed), weights(plain))


def test_of_wide_features_fewer_rows_are_examples(monkeypatch):
    monkeypatch.setattr(trainee, "ON_DEVICE", 4 * 16 * 4)  # bytes of four rows
    found = trainee._examples(ROWS)
    np.testing.assert_array_equal(found, ROWS.pixels[[0, 9, 19, 29]])
