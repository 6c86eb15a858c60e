"""What each piece of the recipe `fast` is worth, on training data held out.

    python benchmarks/ablations.py
    python benchmarks/ablations.py --records-url=/a/folder/with/the/tfrecords

Nothing here sees the test set. Of the 7 most frequent classes of the training set, 182
images each are held out, and others are left away until what remains is a long tail of
the same imbalance ratio: 4818 images of the first class, 48 of the last. Which images
these are depends on the seed. Accuracies are those of the logit-adjusted loss.
"""

import time
from pathlib import Path
from typing import Any, get_args

import click
import numpy as np
import pandas as pd
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
CLASSES, IMBALANCE_RATIO = 7, 100
HELD_OUT = 182  # images a class

# What is changed of the recipe; `epochs` is by how many there are more.
LINES: dict[str, dict[str, Any]] = {
    "the recipe": {},
    "one epoch more": {"epochs": 1},
    "batches of 256": {
        "batch_size": 256,
        "learning_rate": {"base": 0.375},
        "whitened": {"statistics_momentum": 0.9},
    },
    "256 channels in the second block": {"whitened": {"channels": [64, 256, 256]}},
    "no mirror images": {"augmentation": {"mirror": None}},
    "no shifts": {"augmentation": {"shift": None}},
    "no zoom": {"augmentation": {"zoom": None}},
    "no colour jitter": {"augmentation": {"colour": None}},
    "Cutout of 9 pixels": {"augmentation": {"cutout": {"size": 9}}},
    "no L2": {"l2": 0.0},
    "no warm-up": {"learning_rate": {"start": 1.0}},
    "rate falls to half": {"learning_rate": {"end": 0.5}},
    "random convolutions": {"whitened": {"identity": False}},
    "statistics of 5 batches": {"whitened": {"statistics_momentum": 0.8}},
    "no whitening": {"whitened": {"whiten": False}},
    "ReLU": {"whitened": {"activation": "relu"}},
}


def configuration(**given: Any) -> ConfigLoader:
    """Returns the project's configuration of CIFAR-10-LT, with what is given."""
    return ConfigLoader(
        str(CONF), env="cifar10_lt", runtime_params=given, **CONFIG_LOADER_ARGS
    )


def recipe_of(line: str, epochs: int, precision: str | None) -> Recipe:
    """Returns the recipe `fast` with a piece taken away or changed."""
    length = epochs + LINES[line].get("epochs", 0)
    changes = LINES[line] | {"epochs": length, "evaluate_every": length}
    if precision:
        changes["precision"] = precision
    given = configuration(recipe="fast", training=changes)["parameters"]
    return Recipe.model_validate(given["training"])


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


def measure(recipe: Recipe, images: ImageSet, seed: int) -> dict[str, float]:
    """Trains once; returns the accuracy in each view, in %, and the seconds it took."""
    train_set, held_out = hold_out(images, seed)
    begun = time.perf_counter()
    run = train(Task(LogitAdjusted(), recipe, train_set, held_out), seed)
    row = {"seconds": time.perf_counter() - begun}
    labels = run.labels[Part.TEST]
    return row | {
        str(view): 100 * accuracy(logits, labels)
        for (_, view), logits in run.logits.items()
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
    type=click.Choice(get_args(Recipe.model_fields["precision"].annotation)),
    help="The recipe's own; compare lines of one precision only.",
)
@click.option("--records-url", help="The authors' download.")
def main(
    epochs: int,
    seeds: int,
    lines: tuple[str, ...],
    first_seed: int,
    precision: str | None,
    records_url: str | None,
) -> None:
    """Prints a line a training, then the means."""
    given = {"records_url": records_url} if records_url else {}
    source = configuration(**given)["catalog"]["train_source"]
    images = DataCatalog.from_config({"images": source}).load("images")
    rows = []
    for line in lines or LINES:
        recipe = recipe_of(line, epochs, precision)
        for seed in range(first_seed, first_seed + seeds):
            row = {"line": line, "seed": seed, **measure(recipe, images, seed)}
            click.echo(
                "{line:32} seed {seed}  plain {plain:.2f}  mirrored {mirrored:.2f}  "
                "{seconds:.0f} s".format(**row)
            )
            rows.append(row)
    means = pd.DataFrame(rows).drop(columns="seed").groupby("line", sort=False).mean()
    click.echo(f"\nMeans over {seeds} seeds, {epochs} epochs\n{means.round(2)}")


if __name__ == "__main__":
    main()
