"""Small folders of pictures, features, logits and TFRecords, in place of one's own."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.training import backend

# Of CIFAR: images of the most frequent class, how many times those of the rarest that
# is, and test images of each class. A batch is of 128 images.
FEWER = {
    "cifar10_lt": {"n_max": 60, "imbalance_ratio": 10, "test_images_per_class": 2},
    "cifar100_lt": {"n_max": 5, "imbalance_ratio": 5, "test_images_per_class": 1},
}


def write_pictures(folder: Path) -> None:
    """Writes noise, brighter by class, of different sizes; and some without a class."""
    random = np.random.default_rng(0)
    counts = {"data/cat": 140, "data/dog": 50, "data/owl": 20, "new": 5}
    for level, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 90, (30 + number % 5, 40, 3)) + 50 * level
            picture = Image.fromarray(pixels.astype("uint8"))
            picture.save(folder / name / f"{number}.png")


def write_features(folder: Path) -> None:
    """Writes training rows and test rows of three classes."""
    random = np.random.default_rng(0)
    (folder / "data").mkdir(parents=True)
    for part, counts in {"train": [1200, 250, 60], "test": [20, 20, 20]}.items():
        labels = np.repeat([0, 1, 2], counts)
        features = random.normal(size=(len(labels), 8)) + labels[:, np.newaxis]
        np.savez(folder / "data" / f"{part}.npz", features=features, labels=labels)


def write_logits(folder: Path) -> None:
    """Writes the logits of two seeds of a model, and the same as new ones."""
    random = np.random.default_rng(0)
    (folder / "data").mkdir(parents=True)
    labels = np.repeat([0, 1, 2], 30)
    for seed in range(2):
        logits = random.normal(size=(90, 3)) + 2 * np.eye(3)[labels]
        table = pd.DataFrame(logits).add_prefix("logit_").assign(label=labels)
        table.to_csv(folder / "data" / f"test_net_seed_{seed}.csv", index=False)
    shutil.copytree(folder / "data", folder / "new")
    counts = pd.DataFrame({"class_name": ["cat", "dog", "owl"], "count": [90, 30, 12]})
    counts.to_csv(folder / "data" / "counts.csv", index=False)


def write_records(folder: Path) -> None:
    """Writes the TFRecords of a CIFAR, named as the folder, of noise."""
    backend.prepare()  # TensorFlow says less
    import tensorflow as tf

    random = np.random.default_rng(0)
    name, most = folder.name.removesuffix("_lt"), FEWER[folder.name]
    classes = int(name.removeprefix("cifar"))
    train = exponential_profile(most["n_max"], classes, most["imbalance_ratio"])
    test = [most["test_images_per_class"]] * classes
    (folder / "data").mkdir(parents=True)
    for part, counts in {"-lt_train": train, "_test": test}.items():
        file = folder / "data" / f"{name}{part}.tfrecord"
        with tf.io.TFRecordWriter(str(file)) as writer:
            for label in np.repeat(np.arange(classes), counts):
                example = tf.train.Example()
                feature = example.features.feature
                feature["image/encoded"].bytes_list.value.append(random.bytes(3072))
                feature["image/class/label"].int64_list.value.append(label)
                writer.write(example.SerializeToString())


# By environment; each writes a folder `data`, and perhaps `new`, in a folder so called.
MADE = {
    "images": write_pictures,
    "mine": write_pictures,
    "features": write_features,
    "logits": write_logits,
    "cifar10_lt": write_records,
    "cifar100_lt": write_records,
}
