"""What an epoch costs on the device at hand, and how far that is from its floor.

    python benchmarks/speed.py
    python benchmarks/speed.py --released --part=4     # beside the released loop

The images are noise with the counts of CIFAR-10-LT: speed does not depend on them. An
epoch is measured as `kedro run` trains it, with its evaluation, its checkpoint and its
curves; the first one, which compiles, does not count.

The floor of a time is the operations of the network's convolutions over the rate of a
large matrix product in the same precision, measured in the same run.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

import click
import machine
import numpy as np

from logit_adjustment_kedro.configuration import ConfigLoader
from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail.methods import ERM
from logit_adjustment_kedro.longtail.profiles import exponential_profile
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS
from logit_adjustment_kedro.training import Recipe, Task, predict, train

ROOT = Path(__file__).parent.parent
COUNTS = exponential_profile(5000, 10, 100)
TEST_IMAGES = 10_000
RECIPES = [
    ("dissertation", "float32"),
    ("dissertation", "mixed_bfloat16"),
    ("fast", "mixed_bfloat16"),
]


def noise(counts: list[int]) -> ImageSet:
    """Returns random images."""
    random = np.random.default_rng(0)
    labels = random.permutation(np.repeat(np.arange(len(counts)), counts))
    images = random.integers(0, 256, (len(labels), 32, 32, 3), dtype="uint8")
    return ImageSet(images, labels, tuple(map(str, range(len(counts)))), "noise")


def measure(recipe: Recipe, train_set: ImageSet, test_set: ImageSet, rounds: int):
    """Returns the network, and median seconds of an epoch and of an evaluation.

    Of the epochs of a training, the first compiles and the last is evaluated: neither
    counts.
    """
    length = {"epochs": rounds + 2, "evaluate_every": rounds + 2}
    recipe = Recipe.model_validate(recipe.model_dump() | length)
    with tempfile.TemporaryDirectory() as folder:
        run = train(
            *(Task(ERM(), recipe, train_set, test_set), 0),
            checkpoint=Path(folder, "checkpoint.npz"),
            curves=Path(folder),
        )
    evaluations = []
    for _ in range(rounds):
        start = time.perf_counter()
        predict(run.network(), test_set)
        evaluations.append(time.perf_counter() - start)
    return run.network(), median(run.epochs["seconds"][1:-1]), median(evaluations)


def recipe_of(name: str, precision: str, **changes) -> Recipe:
    """Returns a recipe of the project."""
    loader = ConfigLoader(
        str(ROOT / "conf"),
        env="cifar10_lt",
        runtime_params={"recipe": name},
        **CONFIG_LOADER_ARGS,
    )
    recipe = loader["parameters"]["training"]
    return Recipe.model_validate(recipe | {"precision": precision} | changes)


def write_records(images: ImageSet, file: Path) -> None:
    """Writes TFRecords of the released schema."""
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(file)) as writer:
        for image, label in zip(images.images, images.labels, strict=True):
            pixels = tf.train.BytesList(value=[image.tobytes()])
            label = tf.train.Int64List(value=[label])
            feature = {
                "image/encoded": tf.train.Feature(bytes_list=pixels),
                "image/class/label": tf.train.Feature(int64_list=label),
            }
            features = tf.train.Features(feature=feature)
            writer.write(tf.train.Example(features=features).SerializeToString())


def report(name: str, network, seconds: float, floor: float) -> None:
    """Prints a time beside its floor."""
    click.echo(
        f"  {name:12} {seconds:8.2f} s   floor {floor:7.2f} s   "
        f"{seconds / floor:5.2f} times the floor"
    )


def released_loop(train_set: ImageSet, test_set: ImageSet):
    """Returns the loop of the released code on the same images."""
    from released_loop import ReleasedLoop

    folder = Path(tempfile.mkdtemp())
    files = [folder / name for name in ("train", "test")]
    for images, file in zip((train_set, test_set), files, strict=True):
        write_records(images, file)
    return ReleasedLoop(*files, num_classes=10)


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Epochs that count.")
@click.option(
    "--part",
    default=1,
    show_default=True,
    help="An n-th of the images, and times multiplied by n.",
)
@click.option("--released", is_flag=True, help="Alternate with the released loop.")
def main(rounds: int, part: int, released: bool) -> None:
    """Prints the machine, then each recipe's times."""
    click.echo(machine.describe())
    train_set = noise([count // part for count in COUNTS])
    test_set = noise([TEST_IMAGES // 10 // part] * 10)
    loop = released_loop(train_set, test_set) if released else None
    for name, precision in RECIPES:
        recipe = recipe_of(name, precision)
        network, epoch, evaluation = measure(recipe, train_set, test_set, rounds)
        steps = len(train_set.labels) // recipe.batch_size
        seen = steps * recipe.batch_size
        rate = machine.matmul_rate(precision.removeprefix("mixed_"))
        flops = machine.convolution_flops(network)
        evaluations = -(-recipe.epochs // recipe.evaluate_every)
        total = 2 * part * (recipe.epochs * epoch + evaluations * evaluation)
        click.echo(
            f"\n{name}, {precision}: {flops / 1e6:.0f} million operations an image, "
            f"matrix product {rate / 1e9:.0f} GFLOP/s"
        )
        report("epoch", network, part * epoch, part * 3 * flops * seen / rate)
        tested = len(test_set.labels)
        report("evaluation", network, part * evaluation, part * flops * tested / rate)
        click.echo(
            f"  {seen / epoch:.0f} images a second while training, "
            f"{3 * flops * seen / epoch / rate:.0%} of the matrix product's rate\n"
            f"  Table 1, two trainings of {recipe.epochs} epochs and {evaluations} "
            f"evaluations each: {total / 60:.1f} minutes"
        )
        if loop and name == "dissertation":
            # In turn: the machine's speed changes from minute to minute.
            turns = [
                (
                    loop.train_epoch(),
                    loop.evaluate(),
                    *measure(recipe, train_set, test_set, 1)[1:],
                )
                for _ in range(rounds)
            ]
            theirs = [median(turn[i] for turn in turns) for i in (0, 1)]
            ratio = median(3 * (a + b) / (2 * (c + d)) for a, b, c, d in turns)
            click.echo(
                f"  released loop: epoch {part * theirs[0]:.2f} s, evaluation "
                f"{part * theirs[1]:.2f} s\n"
                "  cost of Table 1, theirs with 3 trainings over ours with 2: "
                f"{ratio:.2f}"
            )
    click.echo(f"\npeak memory of this process: {machine.peak_memory():.2f} GiB")


if __name__ == "__main__":
    main()
