"""A training of seconds: a small recipe, and images of noise."""

import numpy as np

from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail.methods import METHODS, PosthocLogitAdjusted
from logit_adjustment_kedro.runs import Part, Run, View
from logit_adjustment_kedro.training import Recipe, Task, train

RECIPE = {
    "network": "convnet",
    "epochs": 3,
    "batch_size": 8,
    "learning_rate": {"base": 0.05, "warmup": 1.5, "drops": {2: 0.1}, "for_epochs": 3},
    "l2": 1e-4,
    "augmentation": {"mirror": {}, "shift": {"pixels": 1}},
    "precision": "float32",
    "evaluate_every": 1,
    "mirrored_view": False,
    "seeds": [3],
}
# For tests that are not about augmentation: to trace it takes TensorFlow a third of the
# time of a training.
AS_THEY_COME = {"augmentation": {}}
ADJUSTED = PosthocLogitAdjusted(tau=2.0)


def image_set(*counts: int) -> ImageSet:
    """Noise, brighter by class; each image differs from all others."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(counts)), counts)
    images = random.integers(0, 100, (len(labels), 4, 4, 1)) + 60 * labels.reshape(
        -1, 1, 1, 1
    )
    return ImageSet(images.astype("uint8"), labels, ("a", "b", "c"), origin="noise")


TRAIN, TEST = image_set(20, 8, 2), image_set(6, 6, 6)


def make_task(method="erm", held_out: float = 0.0, **changes) -> Task:
    if isinstance(method, str):
        method = METHODS[method]()
    recipe = Recipe.model_validate(RECIPE | changes)
    return Task(method, recipe, TRAIN, TEST, held_out)


def run(
    folder, method="erm", seed=3, read_outs=(ADJUSTED,), start=None, **changes
) -> Run:
    """Trains, and keeps the checkpoint and the curves in a folder."""
    return train(
        make_task(method, **changes),
        seed,
        start=start,
        read_outs=read_outs,
        checkpoint=folder / f"seed_{seed}.npz",
        curves=folder / "curves",
    )


def logits_of(done: Run, view: View = View.PLAIN) -> np.ndarray:
    return done.logits[Part.TEST, view]


def measured(done: Run, method: str) -> list[float]:
    """The accuracies of a method, epoch by epoch."""
    table = done.accuracies
    return table.loc[table["method"] == method, "accuracy"].tolist()


def weights(done: Run) -> np.ndarray:
    return np.concatenate([np.ravel(value) for value in done.network().get_weights()])
