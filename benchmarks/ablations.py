"""What each piece of the recipe `fast` is worth, on training data held out.

    kedro run --env=cifar10_lt --pipelines=ingestion
    python benchmarks/ablations.py

Nothing here sees the test set. The 7 most frequent classes of the training set lend
182 images each to measure on, and of what is left, so many to train on that they make a
long tail of the same imbalance ratio: 4818 images of the first class, 48 of the last.
Which images depends on the seed. Accuracies are those of the logit-adjusted loss. Each
line takes one piece away from the recipe.
"""

import importlib
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
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
from logit_adjustment_kedro.networks import normalization, whitening
from logit_adjustment_kedro.pipelines.modeling.params import Training
from logit_adjustment_kedro.pipelines.modeling.training import train
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "data/03_primary/cifar10_lt/train_set.npz"
CLASSES, HELD_OUT, IMBALANCE_RATIO = 7, 182, 100
RATE = {"base": 0.375, "start": 0.2, "warmup": 3.5, "end": 0.07, "for_epochs": 16}

# The package has a function of the same name.
whitened = importlib.import_module("logit_adjustment_kedro.networks.whitened")
activation = layers.Activation
# What is taken away: parameters of the recipe, then pieces of the network.
LINES = {
    "the recipe": ({}, {}),
    "one epoch more": ({"epochs": 1}, {}),
    "no mixup": ({"mixup": 0}, {}),
    "mixup of all images": ({"mixup": 1}, {}),
    "no mirror images": ({"flip": False}, {}),
    "no shifts": ({"crop_padding": 0}, {}),
    "no L2": ({"l2": 0.0}, {}),
    "no warm-up": ({"learning_rate": RATE | {"start": 1.0}}, {}),
    "rate falls to half": ({"learning_rate": RATE | {"end": 0.5}}, {}),
    "random convolutions": (
        {},
        {(whitened, "PassOn"): keras.initializers.GlorotUniform},
    ),
    "offsets at the common rate": (
        {},
        {(whitened, "FastOffset"): normalization.FusedBatchNormalization},
    ),
    "no whitening": ({}, {(whitening.Whitening, "adapt"): lambda layer, images: None}),
    "ReLU": (
        {},
        {(whitened.layers, "Activation"): lambda name: activation("relu")},
    ),
}


def hold_out(images: ImageSet, seed: int) -> tuple[ImageSet, ImageSet]:
    """Returns a long tail of frequent classes, and balanced images held out of it."""
    counts = images.class_counts()
    frequent = np.argsort(-counts, kind="stable")[:CLASSES]
    profile = exponential_profile(counts.max() - HELD_OUT, CLASSES, IMBALANCE_RATIO)
    random = np.random.default_rng(seed)
    parts = []
    for label in frequent:
        rows = random.permutation(np.flatnonzero(images.labels == label))
        parts.append((rows[HELD_OUT:][: profile[len(parts)]], rows[:HELD_OUT]))
    return tuple(
        ImageSet(
            images.images[np.concatenate(rows)],
            np.repeat(np.arange(CLASSES), [len(part) for part in rows]),
            tuple(images.class_names[label] for label in frequent),
            images.origin,
        )
        for rows in zip(*parts, strict=True)
    )


def measure(line: str, seed: int, epochs: int) -> dict[str, object]:
    """Trains with a piece taken away; returns a row of the table."""
    changes, patches = LINES[line]
    loader = OmegaConfigLoader(
        str(ROOT / "conf"),
        env="cifar10_lt",
        runtime_params={"recipe": "fast"},
        **CONFIG_LOADER_ARGS,
    )
    recipe = Training.model_validate(
        loader["parameters"]["training"]
        | {"evaluate_every": epochs}
        | changes
        | {"epochs": epochs + changes.get("epochs", 0)}
    )
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
def main(epochs: int, seeds: int, lines: tuple[str, ...], first_seed: int) -> None:
    """Prints a line a training, then the means."""
    rows = []
    for line in lines or LINES:
        for seed in range(first_seed, first_seed + seeds):
            rows.append(measure(line, seed, epochs))
            click.echo(
                "{line:28} seed {seed}  plain {plain:.2f}  mirrored {mirrored:.2f}  "
                "{seconds:.0f} s".format(**rows[-1])
            )
    means = pd.DataFrame(rows).drop(columns="seed").groupby("line", sort=False).mean()
    click.echo(f"\nMeans over {seeds} seeds, {epochs} epochs\n{means.round(2)}")


if __name__ == "__main__":
    main()
