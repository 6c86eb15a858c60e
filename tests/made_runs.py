"""Runs made by hand, whose network is the smallest that Keras can save."""

import numpy as np
import pandas as pd

from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail.methods import METHODS, LastLayer
from logit_adjustment_kedro.runs import Part, Run, Setup, View

COUNTS = (20, 8, 2)


def image_set(*counts: int, seed: int = 0, shape=(4, 4, 1)) -> ImageSet:
    """Noise, brighter by class; each image differs from all others."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    images = random.integers(0, 100, (len(labels), *shape))
    images = images + 60 * labels.reshape(-1, 1, 1, 1)
    names = tuple("abcdefghij"[: len(counts)])
    return ImageSet(images.astype("uint8"), labels, names, origin="noise")


TRAIN, TEST = image_set(*COUNTS), image_set(6, 6, 6, seed=1)


def make_setup(method: str = "erm", held_out: float = 0.0, **recipe) -> Setup:
    recipe = {"epochs": 2, "l2": 0.1, "learning_rate": {"base": 0.05}} | recipe
    test_set = None if held_out else TEST
    return Setup.of(METHODS[method](), recipe, TRAIN, test_set, held_out=held_out)


class FakeNetwork:
    """What the store asks of a network: that it saves itself."""

    def save(self, file) -> None:
        file.write_bytes(b"a network")


def make_run(
    setup: Setup | None = None,
    seed: int = 0,
    answers=None,
    part: Part = Part.TEST,
    **changes,
) -> Run:
    """Returns a run in which these classes win by one nat, in both views."""
    setup = setup or make_setup()
    labels = TEST.labels if part == Part.TEST else np.repeat([0, 1, 2], [5, 2, 1])
    answers = labels if answers is None else np.asarray(answers)
    logits = np.eye(3, dtype="float32")[answers]
    made = {
        "setup": setup,
        "seed": seed,
        "epochs": pd.DataFrame(
            {
                "epoch": [1, 2],
                "learning_rate": [0.05, 0.1 / 3],
                "train_loss": [1.5, 0.1],
                "train_accuracy": [0.5, 0.9],
                "seconds": [1.0, 2.0],
            }
        ),
        "accuracies": pd.DataFrame(
            {
                "epoch": [1, 2],
                "method": setup.method,
                "tau": np.nan,
                "view": "plain",
                "accuracy": [0.25, 1 / 3],
            }
        ),
        "logits": {(part, View.PLAIN): logits, (part, View.MIRRORED): logits[::-1]},
        "labels": {part: labels},
        "last_layer": LastLayer(
            np.array(COUNTS), np.array([1 / 3, 1.0, 2.0]), np.array([0.1, 0.0, -0.1])
        ),
        "weights": 30,
        "samples_seen": 200,
        "made_with": {"keras": "3.15.1", "device": "cpu:0"},
        "trained": FakeNetwork(),
    }
    return Run(**(made | changes))
