"""Answers about folders of more and more pictures: seconds, and the memory it takes.

    python benchmarks/predicting.py --pictures=1000,10000,100000

The pictures are JPEGs of smooth noise, and the network is a small one that has hardly
been trained. Each folder has a process of its own. The memory is what the process holds
at most beyond what it held when it had answered about a single picture.
"""

import multiprocessing
import tempfile
from pathlib import Path
from time import perf_counter

import click
import numpy as np
from from_disk import recipe_of
from PIL import Image
from reading_images import peak

from logit_adjustment_kedro.datasets import NewExamplesDataset
from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail.methods import LogitAdjusted
from logit_adjustment_kedro.serving import Model, answer
from logit_adjustment_kedro.training import Task, train

DIFFERENT = 100  # pictures; the others are copies of them
TRAINED_ON = 32  # pixels a side


def make_up(folder: Path, pictures: int, side: int) -> None:
    """Writes pictures, a thousand in each folder."""
    random = np.random.default_rng(0)
    files = []
    for number in range(pictures):
        file = folder / f"{number // 1000:03}" / f"{number:06}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        if number < DIFFERENT:
            coarse = Image.fromarray(random.integers(0, 256, (12, 12, 3), "uint8"))
            coarse.resize((side, side)).save(file, quality=90)
            files.append(file.read_bytes())
        else:
            file.write_bytes(files[number % DIFFERENT])


def measure(folder: Path) -> tuple[int, float, float]:
    """Returns how many pictures were answered, the seconds a thousand, and bytes."""
    names = ("cat", "dog", "owl")
    noise = np.random.default_rng(0).integers(
        0, 256, (90, TRAINED_ON, TRAINED_ON, 3), "uint8"
    )
    images = ImageSet(noise, np.repeat([0, 1, 2], [60, 24, 6]), names, "noise")
    task = Task(
        LogitAdjusted(),
        recipe_of("convnet"),
        images,
        images.take(np.array([0, 60, 84])),
    )
    model = Model([train(task, seed=0)], LogitAdjusted())
    one = NewExamplesDataset(input=str(next(folder.rglob("*.jpg")))).load()
    answer(model, one, images)
    with peak() as held:
        start = perf_counter()
        table = answer(model, NewExamplesDataset(input=str(folder)).load(), images)
        seconds = perf_counter() - start
        return len(table), 1000 * seconds / len(table), held()


@click.command(help=__doc__.splitlines()[0])
@click.option("--pictures", default="1000,10000,100000", help="numbers, with commas")
@click.option("--side", default=64, help="in pixels")
def main(pictures: str, side: int) -> None:
    """Prints a line for each number of pictures."""
    spawn = multiprocessing.get_context("spawn")
    for number in map(int, pictures.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            make_up(Path(folder), number, side)
            with spawn.Pool(1) as pool:
                count, seconds, held = pool.apply(measure, [Path(folder)])
        click.echo(
            f"{count:>7,} pictures: {seconds:6.2f} s a thousand, "
            f"{held / 2**20:4.0f} MiB"
        )


if __name__ == "__main__":
    main()
