"""Recipes that really learn, on data that is small enough for a test."""

from pathlib import Path

import numpy as np
import pytest
from kedro.io import DataCatalog

from logit_adjustment_kedro.configuration import ConfigLoader
from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail import accuracy
from logit_adjustment_kedro.longtail.methods import LogitAdjusted
from logit_adjustment_kedro.longtail.profiles import exponential_profile
from logit_adjustment_kedro.runs import Part
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS
from logit_adjustment_kedro.training import Recipe, Task, train

CONF = Path(__file__).parent.parent / "conf"


def configuration(env="base", **given):
    return ConfigLoader(str(CONF), env=env, runtime_params=given, **CONFIG_LOADER_ARGS)


def learn(train_set, test_set, recipe, seed=0, **changes):
    """Trains with the logit-adjusted loss; returns the accuracy by view."""
    recipe = Recipe.model_validate(recipe | changes)
    run = train(Task(LogitAdjusted(), recipe, train_set, test_set), seed)
    labels = run.labels[Part.TEST]
    return {view: accuracy(logits, labels) for (_, view), logits in run.logits.items()}


@pytest.fixture(scope="module")
def digits():
    """The training and the test set of the embedded default."""
    catalog = DataCatalog.from_config(configuration()["catalog"])
    return [catalog.load(f"{split}_source") for split in ("train", "test")]


def patterns(counts, seed):
    """Images of 32x32: a smooth pattern for each class, moved and noisy."""
    random = np.random.default_rng(0)
    coarse = random.uniform(60, 200, (len(counts), 4, 4, 3))
    smooth = coarse.repeat(8, axis=1).repeat(8, axis=2)
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    images = smooth[labels] + random.normal(0, 20, (len(labels), 32, 32, 3))
    names = tuple(str(label) for label in range(len(counts)))
    return ImageSet(images.clip(0, 255).astype("uint8"), labels, names, "patterns")


@pytest.fixture(scope="module")
def learn_digits(digits):
    """Returns a function from a precision to the accuracy of a seed."""
    shorter = {"epochs": 30, "evaluate_every": 30}
    recipe = configuration()["parameters"]["training"] | shorter

    def learn_in(precision):
        return learn(*digits, recipe, precision=precision)["plain"]

    return learn_in


@pytest.fixture(scope="module")
def float32_accuracy(learn_digits):
    return learn_digits("float32")


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_costs_the_embedded_default_no_accuracy(
    learn_digits, float32_accuracy, precision
):
    # Seeds of the recipe, in float32, differ by more.
    assert learn_digits(precision) > float32_accuracy - 0.03
    assert float32_accuracy > 0.85


def test_the_fast_recipe_learns_a_hundred_classes():
    recipe = configuration("cifar100_lt", recipe="fast")["parameters"]["training"]
    train_set = patterns(exponential_profile(40, 100, 10), seed=1)
    test_set = patterns([2] * 100, seed=2)
    views = learn(train_set, test_set, recipe, epochs=2, batch_size=32)
    assert views["plain"] > 0.5
    assert set(views) == {"plain", "mirrored"}
