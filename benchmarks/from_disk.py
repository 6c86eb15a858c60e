"""Trains on images in memory and from the disk: seconds, memory, and the weights.

    python benchmarks/from_disk.py --images=20000 --side=128

The images are noise, in a file. Each way has a process of its own, and they take turns.
The memory is what the process holds at most beyond what it held before, without pages
of files: those the system takes back when it needs them.
"""

import multiprocessing
import tempfile
from hashlib import sha256
from pathlib import Path

import click
import numpy as np
from reading_images import peak

from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail.methods import ERM
from logit_adjustment_kedro.training import Recipe, Task, feeding, train

WAYS = {"in memory": 2**62, "from disk": 0}  # bytes that may cross to the device once
CLASSES = 10
EPOCHS = 3  # the first of which compiles


def recipe_of(network: str) -> Recipe:
    """Returns a recipe with next to nothing in it but a network."""
    return Recipe.model_validate(
        {
            "network": network,
            "epochs": EPOCHS,
            "batch_size": 64,
            "learning_rate": {"base": 0.01, "warmup": 0, "for_epochs": EPOCHS},
            "l2": 1e-4,
            "augmentation": {"mirror": {}},
            "precision": "float32",
            "evaluate_every": EPOCHS,
            "mirrored_view": False,
            "seeds": [0],
        }
    )


def measure(way: str, network: str, file: Path) -> tuple[float, float, str]:
    """Returns the seconds of the best epoch, bytes, and a digest of the weights."""
    feeding.ON_DEVICE = WAYS[way]
    pixels = np.load(file, mmap_mode="r")
    labels = np.arange(len(pixels)) % CLASSES
    names = tuple(map(str, range(CLASSES)))
    images = ImageSet(pixels, labels, names, "noise", known_digest="0" * 16)
    test_set = images.take(np.arange(CLASSES))
    with peak() as held:
        run = train(Task(ERM(), recipe_of(network), images, test_set), seed=0)
        most = held()
    weights = b"".join(array.tobytes() for array in run.network().get_weights())
    seconds = run.epochs["seconds"][1:].min()
    return seconds, most, sha256(weights).hexdigest()[:8]


@click.command(help=__doc__.splitlines()[0])
@click.option("--images", default=20_000)
@click.option("--side", default=128, help="in pixels")
@click.option("--network", default="convnet")
@click.option("--rounds", default=2)
def main(images: int, side: int, network: str, rounds: int) -> None:
    """Prints a line for each way and round; fails if weights differ."""
    spawn, digests = multiprocessing.get_context("spawn"), set()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "images.npy")
        shape = images, side, side, 3
        pixels = np.lib.format.open_memmap(file, "w+", np.uint8, shape)
        random = np.random.default_rng(0)
        for image in pixels:
            image[:] = random.integers(0, 256, image.shape, "uint8")
        del pixels, image
        size = file.stat().st_size / 2**20
        click.echo(f"{images:,} images of {side}x{side}, {size:.0f} MiB")
        for turn in range(1, rounds + 1):
            for way in WAYS:
                with spawn.Pool(1) as pool:
                    seconds, held, digest = pool.apply(measure, (way, network, file))
                digests.add(digest)
                click.echo(
                    f"round {turn}, {way}: {seconds:6.2f} s an epoch, "
                    f"{held / 2**20:6.0f} MiB, weights {digest}"
                )
    if len(digests) > 1:
        raise SystemExit("The weights differ.")


if __name__ == "__main__":
    main()
