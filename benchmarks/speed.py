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
from unittest import mock

import click
import machine
import numpy as np
from kedro.config import OmegaConfigLoader

from logit_adjustment_kedro.datasets import ImageSet
from logit_adjustment_kedro.longtail.methods import ERM
from logit_adjustment_kedro.longtail.profiles import exponential_profile
from logit_adjustment_kedro.pipelines.modeling import training
from logit_adjustment_kedro.pipelines.modeling.callbacks import Evaluation
from logit_adjustment_kedro.pipelines.modeling.params import Training
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS

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


class Clock(Evaluation):
    """Times epochs and evaluations, and lets others have their turn between them."""

    def __init__(self, *arguments, between, **options):
        """Takes what to call before each epoch, and the rest."""
        super().__init__(*arguments, **options)
        self._between = between
        self.epochs, self.evaluations = [], []

    def on_epoch_begin(self, epoch, logs=None):
        """Ends the time of the epoch before, and starts that of this one."""
        self._end()
        self._between()
        self._begun = time.perf_counter()
        super().on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        """Times the evaluation."""
        start = time.perf_counter()
        super().on_epoch_end(epoch, logs)
        self.evaluations.append(time.perf_counter() - start)

    def on_train_end(self, logs=None):
        """Ends the time of the last epoch."""
        self._end()

    def _end(self):
        if len(self.epochs) < len(self.evaluations):
            self.epochs.append(time.perf_counter() - self._begun)


def measure(recipe: Training, train_set: ImageSet, test_set: ImageSet, between):
    """Returns the network, and median seconds of an epoch and of its evaluation.

    An evaluation follows every epoch, and its seconds are counted apart.
    """
    clocks = []

    def clock(*arguments, **options):
        clocks.append(Clock(*arguments, between=between, **options | {"every": 1}))
        return clocks[0]

    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(training, "Evaluation", clock),
    ):
        network, _, _ = training.train(
            name=f"{recipe.network}, {recipe.precision}",
            seed=0,
            recipe=recipe,
            train_set=train_set,
            test_set=test_set,
            margins=ERM().margins(train_set.class_counts()),
            deferred_weight=np.ones(len(train_set.class_names)),
            adjustments={},
            tensorboard=Path(folder),
            checkpoint=Path(folder) / "checkpoint.npz",
        )
    evaluation = median(clocks[0].evaluations[1:])
    return network, median(clocks[0].epochs[1:]) - evaluation, evaluation


def recipe_of(name: str, precision: str, **changes) -> Training:
    """Returns a recipe of the project."""
    loader = OmegaConfigLoader(
        str(ROOT / "conf"),
        env="cifar10_lt",
        runtime_params={"recipe": name},
        **CONFIG_LOADER_ARGS,
    )
    recipe = loader["parameters"]["training"]
    return Training.model_validate(recipe | {"precision": precision} | changes)


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
    turns = []

    def pause():
        pass

    between = pause
    if released:
        from released_loop import ReleasedLoop

        folder = tempfile.TemporaryDirectory()
        files = [Path(folder.name) / name for name in ("train", "test")]
        for images, file in zip((train_set, test_set), files, strict=True):
            write_records(images, file)
        loop = ReleasedLoop(*files, num_classes=10)

        def between():
            turns.append((loop.train_epoch(), loop.evaluate()))

    for name, precision in RECIPES:
        recipe = recipe_of(name, precision, epochs=rounds + 1)
        network, epoch, evaluation = measure(recipe, train_set, test_set, between)
        between = pause
        steps = len(train_set.labels) // recipe.batch_size
        seen = steps * recipe.batch_size
        rate = machine.matmul_rate(precision.removeprefix("mixed_"))
        flops = machine.convolution_flops(network)
        full = recipe_of(name, precision)
        evaluations = -(-full.epochs // full.evaluate_every)
        total = 2 * part * (full.epochs * epoch + evaluations * evaluation)
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
            f"  Table 1, two trainings of {full.epochs} epochs and {evaluations} "
            f"evaluations each: {total / 60:.1f} minutes"
        )
        if turns and name == "dissertation":
            theirs = [median(turn[i] for turn in turns[1:]) for i in (0, 1)]
            click.echo(
                f"  released loop: epoch {part * theirs[0]:.2f} s, evaluation "
                f"{part * theirs[1]:.2f} s\n"
                "  cost of Table 1, theirs with 3 trainings over ours with 2: "
                f"{3 * sum(theirs) / (2 * (epoch + evaluation)):.2f}"
            )
    click.echo(f"\npeak memory of this process: {machine.peak_memory():.2f} GiB")


if __name__ == "__main__":
    main()
