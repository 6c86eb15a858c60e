"""What makes a training another one."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest

from logit_adjustment_kedro.longtail.methods import Adaptive, LogitAdjusted
from logit_adjustment_kedro.runs import Setup, configured_backend
from made_runs import TEST, TRAIN, image_set, make_setup

RECIPE = {"epochs": 2, "learning_rate": {"base": 0.05}}


def test_the_same_question_has_the_same_name():
    assert make_setup() == make_setup()
    assert make_setup().digest == make_setup().digest
    assert len(make_setup().digest) == 16


def test_whatever_a_training_follows_from_changes_its_name():
    more = image_set(20, 8, 3)
    renamed = replace(TRAIN, class_names=("a", "b", "d"))
    setups = [
        Setup.of(LogitAdjusted(), RECIPE, TRAIN, TEST),
        Setup.of(LogitAdjusted(tau=0.5), RECIPE, TRAIN, TEST),
        Setup.of(Adaptive(), RECIPE, TRAIN, TEST),
        Setup.of(Adaptive(deferred=True), RECIPE, TRAIN, TEST),
        Setup.of(LogitAdjusted(), RECIPE | {"epochs": 3}, TRAIN, TEST),
        Setup.of(LogitAdjusted(), RECIPE, more, TEST),
        Setup.of(LogitAdjusted(), RECIPE, renamed, TEST),
        Setup.of(LogitAdjusted(), RECIPE, TRAIN, more),
        Setup.of(LogitAdjusted(), RECIPE, TRAIN, TEST, validation_set=more),
        Setup.of(LogitAdjusted(), RECIPE, TRAIN, None, held_out=0.2),
        Setup.of(LogitAdjusted(), RECIPE, TRAIN, None, held_out=0.25),
        replace(Setup.of(LogitAdjusted(), RECIPE, TRAIN, TEST), backend="jax"),
        replace(Setup.of(LogitAdjusted(), RECIPE, TRAIN, TEST), format=-1),
    ]
    assert len({setup.digest for setup in setups}) == len(setups)


def test_images_are_known_by_their_content_and_not_by_where_they_lie():
    moved = replace(TRAIN, origin="another folder")
    assert (
        Setup.of(LogitAdjusted(), RECIPE, moved, TEST).digest
        == Setup.of(LogitAdjusted(), RECIPE, TRAIN, TEST).digest
    )
    pixels = TRAIN.images.copy()
    pixels[7, 0, 0, 0] ^= 1
    other = replace(TRAIN, pixels=pixels)
    assert (
        Setup.of(LogitAdjusted(), RECIPE, other, TEST).digest
        != Setup.of(LogitAdjusted(), RECIPE, TRAIN, TEST).digest
    )


def test_a_setup_survives_json():
    setup = make_setup(drops={"40": 0.1})
    again = Setup.from_json(json.loads(json.dumps(asdict(setup))))
    assert again == setup
    assert again.digest == setup.digest


def test_differences_are_named_to_the_last_key():
    setup = make_setup()
    other = make_setup(learning_rate={"base": 0.5}, l2=0.2)
    assert setup.differences(other) == {
        "recipe.l2": (0.1, 0.2),
        "recipe.learning_rate.base": (0.05, 0.5),
    }
    assert setup.differences(make_setup()) == {}


@pytest.mark.parametrize(
    ("variable", "in_file"),
    [(None, "jax"), ("tensorflow", "jax")],
)
def test_the_backend_is_that_of_keras(tmp_path, monkeypatch, variable, in_file):
    if in_file:
        (tmp_path / "keras.json").write_text(json.dumps({"backend": in_file}))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    if variable:
        monkeypatch.setenv("KERAS_BACKEND", variable)
    code = "import keras; print(keras.backend.backend())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True
    )
    assert configured_backend() == done.stdout.split()[-1]


def test_class_counts_are_those_of_the_images():
    assert make_setup().class_counts == tuple(np.bincount(TRAIN.labels).tolist())
