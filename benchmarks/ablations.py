"""What each piece of the recipe `fast` is worth, on training data held out.

    kedro run --env=cifar10_lt --pipelines=ingestion
    python benchmarks/ablations.py

Nothing here sees the test set. Of the 7 most frequent classes of the training set, 182
images each are held out, and others are left away until what remains is a long tail of
the same imbalance ratio: 4818 images of the first class, 48 of the last. Which images
these are depends on the seed. Accuracies are those of the logit-adjusted loss.
"""

import importlib
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import get_args
from unittest import mock

import click
import keras
import numpy as np
import pandas as pd
from kedro.config import OmegaConfigLoader
from keras import layers

from logit_adjustment_kedro.datasets import ImageSet, ImageSetDataset
from logit_adjustment_kedro.longtail import accuracy
from logit_adjustment_kedro.longtail.methods import LogitAdjusted
from logit_adjustment_kedro.longtail.profiles import exponential_profile
from logit_adjustment_kedro.networks import whitening
from logit_adjustment_kedro.pipelines.modeling.params import Training
from logit_adjustment_kedro.pipelines.modeling.training import train
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "data/03_primary/cifar10_lt/train_set.npz"
CLASSES, IMBALANCE_RATIO = 7, 100
HELD_OUT = 182  # images a class

# The package has a function of the same name.
whitened = importlib.import_module("logit_adjustment_kedro.networks.whitened")
activation = layers.Activation
# What is taken away or changed: parameters of the recipe, then pieces of the network.
LINES = {
    "the recipe": ({}, {}),
    "one epoch more": ({"epochs": 1}, {}),
    "batches of 256": (
        {"batch_size": 256, "learning_rate": {"base": 0.375}},
        {(whitened, "MOMENTUM"): 0.9},
    ),
    "256 channels in the second block": (
        {},
        {(whitened, "CHANNELS"): (64, 256, 256)},
    ),
    "no mirror images": ({"flip": False}, {}),
    "no shifts": ({"crop_padding": 0}, {}),
    "no zoom": ({"zoom": 1}, {}),
    "no colour jitter": ({"colour_jitter": False}, {}),
    "no L2": ({"l2": 0.0}, {}),
    "no warm-up": ({"learning_rate": {"start": 1.0}}, {}),
    "rate falls to half": ({"learning_rate": {"end": 0.5}}, {}),
    "random convolutions": (
        {},
        {(whitened, "PassOn"): keras.initializers.GlorotUniform},
    ),
    "statistics of 5 batches": ({}, {(whitened, "MOMENTUM"): 0.8}),
    "no whitening": ({}, {(whitening.Whitening, "adapt"): lambda layer, images: None}),
    "ReLU": (
        {},
        {(whitened.layers, "Activation"): lambda name: activation("relu")},
    ),
}


def hold_out(images: ImageSet, seed: int) -> tuple[ImageSet, ImageSet]:
    """Returns a long tail of frequent classes, and balanced images held out of it."""
    counts = images.class_counts()
    order = np.argsort(-counts, kind="stable")
    frequent = order[:CLASSES]
    profile = exponential_profile(counts.max() - HELD_OUT, CLASSES, IMBALANCE_RATIO)
    random = np.random.default_rng(seed)
    left, held_out = [], []
    for label, size in zip(frequent, profile, strict=True):
        rows = random.permutation(np.flatnonzero(images.labels == label))
        held_out.extend(rows[:HELD_OUT])
        left.extend(rows[HELD_OUT:][:size])
    ranked = ImageSet(
        images.images,
        np.argsort(order)[images.labels],
        tuple(images.class_names[label] for label in frequent),
        images.origin,
    )
    return ranked.take(np.sort(left)), ranked.take(np.sort(held_out))


def measure(
    line: str, seed: int, epochs: int, precision: str | None
) -> dict[str, object]:
    """Trains with a piece taken away or changed; returns a row of the table."""
    changes, patches = LINES[line]
    loader = OmegaConfigLoader(
        str(ROOT / "conf"),
        env="cifar10_lt",
        runtime_params={"recipe": "fast"},
        **CONFIG_LOADER_ARGS,
    )
    recipe = loader["parameters"]["training"]
    rate = recipe["learning_rate"] | changes.get("learning_rate", {})
    length = epochs + changes.get("epochs", 0)
    fixed = {"epochs": length, "evaluate_every": length, "learning_rate": rate}
    if precision:
        fixed["precision"] = precision
    recipe = Training.model_validate(recipe | changes | fixed)
    train_set, held_out = hold_out(ImageSetDataset(filepath=str(IMAGES)).load(), seed)
    begun = time.perf_counter()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for (owner, name), value in patches.items():
            stack.enter_context(mock.patch.object(owner, name, value))
        _, _, views = train(
            name=f"{line}, seed {seed}",
            seed=seed,
            recipe=recipe,
            train_set=train_set,
            test_set=held_out,
            margins=LogitAdjusted().margins(train_set.class_counts()),
            deferred_weight=np.ones(len(train_set.class_names)),
            adjustments={},
            tensorboard=folder,
            checkpoint=folder / "checkpoint.npz",
        )
    row = {"line": line, "seed": seed, "seconds": time.perf_counter() - begun}
    labels = held_out.labels
    return row | {
        view: 100 * accuracy(logits, labels) for view, logits in views.items()
    }


@click.command()
@click.option("--epochs", default=8, show_default=True)
@click.option("--seeds", default=2, show_default=True)
@click.option(
    "--lines", multiple=True, type=click.Choice(list(LINES)), help="All of them."
)
@click.option("--first-seed", default=0, show_default=True)
@click.option(
    "--precision",
    type=click.Choice(get_args(Training.model_fields["precision"].annotation)),
    help="The recipe's own; compare lines of one precision only.",
)
def main(
    epochs: int,
    seeds: int,
    lines: tuple[str, ...],
    first_seed: int,
    precision: str | None,
) -> None:
    """Prints a line a training, then the means."""
    rows = []
    for line in lines or LINES:
        for seed in range(first_seed, first_seed + seeds):
            rows.append(measure(line, seed, epochs, precision))
            click.echo(
                "{line:32} seed {seed}  plain {plain:.2f}  mirrored {mirrored:.2f}  "
                "{seconds:.0f} s".format(**rows[-1])
            )
    means = pd.DataFrame(rows).drop(columns="seed").groupby("line", sort=False).mean()
    click.echo(f"\nMeans over {seeds} seeds, {epochs} epochs\n{means.round(2)}")


if __name__ == "__main__":
    main()
