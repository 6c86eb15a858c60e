"""Reads a folder of pictures in three ways: seconds, and the memory it takes.

    python benchmarks/reading_images.py --folder=PATH --image-size=32
    python benchmarks/reading_images.py --pictures=20000 --side=256 --image-size=64

`PATH` holds `train/CLASS/*` and `test/CLASS/*`; without it, JPEGs are made up. Each way
has a process of its own, and they take turns:

- `project`: the source reads each part;
- `and stored`: and the store keeps it, by its content;
- `pillow`: a loop of a few lines, which holds all images in an array at the end;
- `keras`: `image_dataset_from_directory`, gathered into an array of bytes, as it would
  have to be for a second epoch without decoding again.

The memory is what the process holds at most beyond what it held before, without pages
of files: those the system takes back when it needs them.
"""

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import numpy as np
import psutil
from PIL import Image

from logit_adjustment_kedro.datasets import ImageFolderDataset, ImageSetDataset
from logit_adjustment_kedro.images import ImageSet

PARTS = ("train", "test")
CLASSES = 10


@contextmanager
def peak() -> Iterator[Callable[[], float]]:
    """Yields a function that returns the bytes held at most since, beyond those now."""
    process, ended = psutil.Process(), threading.Event()

    def held() -> int:
        memory = process.memory_info()
        return memory.rss - memory.shared

    before = held()
    seen = [before]

    def look() -> None:
        while not ended.wait(0.005):
            seen.append(held())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield lambda: max(*seen, held()) - before
    finally:
        ended.set()
        thread.join()


def read(folder: Path, size: int) -> list[ImageSet]:
    """Reads each part with the project."""
    return [
        ImageFolderDataset(folder=str(folder), part=part, image_size=size).load()
        for part in PARTS
    ]


def read_and_stored(folder: Path, size: int) -> list[ImageSet]:
    """Reads each part with the project, and stores it."""
    parts = read(folder, size)
    with tempfile.TemporaryDirectory() as kept:
        for part, images in zip(PARTS, parts, strict=True):
            ImageSetDataset(filepath=f"{kept}/{part}_set.json").save(images)
    return parts


def pillow(folder: Path, size: int) -> list[np.ndarray]:
    """Reads each part in a loop."""
    return [
        np.stack(
            [
                np.asarray(
                    Image.open(file)
                    .convert("RGB")
                    .resize((size, size), Image.Resampling.BILINEAR)
                )
                for file in sorted((folder / part).rglob("*.*"))
            ]
        )
        for part in PARTS
    ]


def with_keras(folder: Path, size: int) -> list[np.ndarray]:
    """Reads each part with Keras."""
    import keras

    def gathered(part: str) -> np.ndarray:
        dataset = keras.utils.image_dataset_from_directory(
            folder / part,
            image_size=(size, size),
            batch_size=256,
            shuffle=False,
            verbose=False,
        )
        return np.concatenate(
            [np.rint(images).astype("uint8") for images, _ in dataset]
        )

    return [gathered(part) for part in PARTS]


WAYS = {
    "project": read,
    "and stored": read_and_stored,
    "pillow": pillow,
    "keras": with_keras,
}


def measure(name: str, folder: Path, size: int) -> tuple[int, float, float]:
    """Returns the pictures read, and what they took: seconds, and bytes."""
    if name == "keras":  # what importing takes is not counted
        import keras

        keras.ops.zeros(1)
    with peak() as held:
        start = time.perf_counter()
        found = WAYS[name](folder, size)
        return sum(map(len, found)), time.perf_counter() - start, held()


def make_up(folder: Path, pictures: int, side: int) -> None:
    """Writes JPEGs of smooth noise, a tenth of them to test on."""
    random = np.random.default_rng(0)
    for number in range(pictures):
        coarse = random.integers(0, 256, (12, 12, 3), "uint8")
        part = "test" if number % 10 == 0 else "train"
        place = folder / part / f"class_{number // 10 % CLASSES}"
        place.mkdir(parents=True, exist_ok=True)
        smooth = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
        smooth.save(place / f"{number:06}.jpg", quality=90)


@click.command(help=__doc__.splitlines()[0])
@click.option("--folder", type=click.Path(exists=True, path_type=Path))
@click.option("--pictures", default=20_000, help="how many are made up")
@click.option("--side", default=256, help="of those that are made up, in pixels")
@click.option("--image-size", default=64)
@click.option("--rounds", default=2)
def main(
    folder: Path | None, pictures: int, side: int, image_size: int, rounds: int
) -> None:
    """Prints a line for each way and round."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as made:
        if folder is None:
            folder = Path(made, "pictures")
            make_up(folder, pictures, side)
        for turn in range(1, rounds + 1):
            for name in WAYS:
                with spawn.Pool(1) as pool:
                    asked = name, folder, image_size
                    count, seconds, held = pool.apply(measure, asked)
                click.echo(
                    f"round {turn}, {name:<10} {count:,} pictures: "
                    f"{seconds:6.2f} s, {held / 2**20:6.0f} MiB"
                )


if __name__ == "__main__":
    main()
