"""Keras's datasets, in files of the same layout that are made here."""

import gzip
import pickle
import shutil
import tarfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import yaml
from kedro.io import AbstractDataset, DatasetError
from keras.src.utils.file_utils import get_file

from catalog_examples import example
from logit_adjustment_kedro.configuration import ConfigLoader
from logit_adjustment_kedro.datasets import KerasImagesDataset
from logit_adjustment_kedro.datasets.sources.keras_sets import CLASS_NAMES
from logit_adjustment_kedro.evaluation.published import published_errors
from logit_adjustment_kedro.images import Expected, LongTail
from logit_adjustment_kedro.pipelines.ingestion.nodes import check_train_set
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS

CONF = Path(__file__).parents[3] / "conf"
NUM_CLASSES = {name: len(names) for name, names in CLASS_NAMES.items()}


def colours(count: int, start: int) -> np.ndarray:
    """Images as CIFAR has them, a row each: all red, then all green, then all blue.

    Red is the number of the image modulo 251, green is 1 in the first row of pixels
    alone, and blue is 1 in the first column alone.
    """
    images = np.zeros((count, 3, 32, 32), np.uint8)
    images[:, 0] = (np.arange(start, start + count) % 251)[:, None, None]
    images[:, 1, 0, :] = 1
    images[:, 2, :, 0] = 1
    return images.reshape(count, 3072)


def add(archive: tarfile.TarFile, name: str, content: dict[bytes, object]) -> None:
    file = Path(archive.name).with_name("batch")
    file.write_bytes(pickle.dumps(content, protocol=4))
    archive.add(file, name)
    file.unlink()


def write_cifar10(folder: Path) -> None:
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    with tarfile.open(
        folder / "cifar-10-python.tar.gz", "w:gz", compresslevel=1
    ) as archive:
        for number, name in enumerate(names):
            labels = (np.arange(10_000) % 10).tolist()
            content = {b"data": colours(10_000, 10_000 * number), b"labels": labels}
            add(archive, f"cifar-10-batches-py/{name}", content)


def write_cifar100(folder: Path) -> None:
    with tarfile.open(
        folder / "cifar-100-python.tar.gz", "w:gz", compresslevel=1
    ) as archive:
        for name, count in (("train", 50_000), ("test", 10_000)):
            fine = np.arange(count) % 100
            content = {
                b"data": colours(count, 0),
                b"fine_labels": fine.tolist(),
                b"coarse_labels": (fine // 5).tolist(),
            }
            add(archive, f"cifar-100-python/{name}", content)


def greys(count: int) -> tuple[np.ndarray, np.ndarray]:
    images = np.repeat(np.arange(count, dtype=np.uint8), 28 * 28)
    return images.reshape(-1, 28, 28), (np.arange(count) % 10).astype(np.uint8)


def write_mnist(folder: Path) -> None:
    (x_train, y_train), (x_test, y_test) = greys(30), greys(20)
    np.savez(
        folder / "mnist.npz",
        **{"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test},
    )


def write_fashion_mnist(folder: Path) -> None:
    for name, count in (("train", 30), ("t10k", 20)):
        images, labels = greys(count)
        for kind, header, array in (
            ("images-idx3", bytes(16), images),
            ("labels-idx1", bytes(8), labels),
        ):
            file = folder / f"{name}-{kind}-ubyte.gz"
            file.write_bytes(gzip.compress(header + array.tobytes(), 1))


WRITE = {
    "cifar10": write_cifar10,
    "cifar100": write_cifar100,
    "mnist": write_mnist,
    "fashion_mnist": write_fashion_mnist,
}


def serve(monkeypatch, name: str, urls: str, cache: Path) -> None:
    """Has Keras fetch a dataset's files from elsewhere, whatever their checksums."""

    def fetch(*args, origin: str, file_hash: str | None = None, **options):
        url = f"{urls}/{origin.rpartition('/')[2]}"
        return get_file(*args, origin=url, cache_dir=str(cache), **options)

    monkeypatch.setattr(import_module(f"keras.src.datasets.{name}"), "get_file", fetch)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Writes the files of a dataset once; a function of its name."""
    folder = tmp_path_factory.mktemp("files")
    written = set()

    def of(name: str) -> Path:
        if name not in written:
            WRITE[name](folder)
            written.add(name)
        return folder

    return of


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Iterator[Path]:
    """Where Keras keeps and unpacks files; nobody keeps these 400 MB."""
    folder = tmp_path_factory.mktemp("keras")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def served(monkeypatch, files, cache):
    """Makes the files of a dataset what Keras downloads; a function of its name."""

    def of(name: str) -> None:
        serve(monkeypatch, name, files(name).as_uri(), cache)

    return of


def load(name: str, part: str):
    return KerasImagesDataset(name=name, part=part).load()


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_cifar(served, name):
    served(name)
    train, test = load(name, "train"), load(name, "test")
    assert train.images.shape == (50_000, 32, 32, 3)
    assert test.images.shape == (10_000, 32, 32, 3)
    assert train.labels.dtype == np.int64
    assert set(train.class_counts()) == {50_000 // NUM_CLASSES[name]}
    assert set(test.class_counts()) == {10_000 // NUM_CLASSES[name]}
    np.testing.assert_array_equal(train.images[:, 5, 5, 0], np.arange(50_000) % 251)
    np.testing.assert_array_equal(train.labels, np.arange(50_000) % NUM_CLASSES[name])
    image = train.images[7]
    assert image[:, :, 1].sum(axis=1).tolist() == [32] + [0] * 31  # a row is a row
    assert image[:, :, 2].sum(axis=0).tolist() == [32] + [0] * 31
    assert train.class_names == test.class_names == CLASS_NAMES[name]
    assert test.origin == f"Keras's {name} (test)"


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_grey_images_have_a_channel(served, name):
    served(name)
    train, test = load(name, "train"), load(name, "test")
    assert train.images.shape == (30, 28, 28, 1)
    assert test.images.shape == (20, 28, 28, 1)
    assert train.images[:, 3, 4, 0].tolist() == list(range(30))
    assert test.labels.tolist() == [*range(10), *range(10)]
    assert train.class_names == CLASS_NAMES[name]


def test_classes_are_those_of_the_released_records():
    for name in ("cifar10", "cifar100"):
        text = (CONF / f"{name}_lt" / "catalog_ingestion.yml").read_text()
        assert CLASS_NAMES[name] == tuple(
            yaml.safe_load(text)["_records"]["class_names"]
        )
    assert NUM_CLASSES == {
        **{"cifar10": 10, "cifar100": 100, "mnist": 10, "fashion_mnist": 10}
    }
    assert CLASS_NAMES["mnist"] == tuple("0123456789")
    assert CLASS_NAMES["fashion_mnist"][0] == "T-shirt/top"
    assert CLASS_NAMES["fashion_mnist"][9] == "Ankle boot"


@pytest.mark.parametrize(
    ("name", "given", "sizes"),
    [
        ("cifar10", {}, (12_406, 5000, 50)),
        ("cifar10", {"imbalance_ratio": 10}, (20_431, 5000, 500)),
        ("cifar100", {}, (10_847, 500, 5)),
        ("cifar100", {"imbalance_ratio": 200}, (9_502, 500, 2)),
    ],
)
def test_the_environments_make_them_long_tailed(served, name, given, sizes):
    served(name)
    params = {"long_tail": given} if given else {}
    conf = ConfigLoader(str(CONF), f"{name}_exp", params, **CONFIG_LOADER_ARGS)
    parameters = conf["parameters"]
    source = AbstractDataset.from_config("train", conf["catalog"]["train_source"])
    train_set, counts = check_train_set(
        source.load(),
        LongTail.model_validate(parameters["long_tail"]),
        Expected.model_validate(parameters["dataset"]),
    )
    assert (len(train_set), counts["count"].max(), counts["count"].min()) == sizes
    assert (np.diff(counts["count"]) <= 0).all()
    # Published figures stand beside EXP-100 alone.
    dataset = parameters["comparison"]["dataset"]
    training = {"network": "resnet32", "epochs": 200}
    published = published_errors(dataset, counts["count"], training, {})
    assert published.empty == bool(given)
    assert conf["catalog"]["train_set"]["filepath"].startswith(
        f"data/03_primary/{name}_exp/"
    )


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_a_download_that_fails_is_told_in_a_line(monkeypatch, tmp_path, name):
    serve(monkeypatch, name, "http://127.0.0.1:9", tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(DatasetError) as failure:
        load(name, "train")
    told = str(failure.value)
    assert told.startswith(f"Keras cannot load {name}: URL fetch failure on http://127")
    assert "refused" in told
    assert "\n" not in told


def test_damaged_files_are_told_in_a_line(monkeypatch, tmp_path):
    (tmp_path / "mnist.npz").write_bytes(b"no")
    serve(monkeypatch, "mnist", tmp_path.as_uri(), tmp_path / "cache")
    with pytest.raises(DatasetError, match="^Keras cannot load mnist: ") as failure:
        load("mnist", "test")
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            {"name": "cifar"},
            "name to be one of cifar10, cifar100, mnist, fashion_mnist",
        ),
        ({"name": "imdb"}, "Received: 'imdb'"),
        (
            {"part": "validation"},
            "part to be one of train, test. Received: 'validation'",
        ),
    ],
)
def test_wrong_arguments_are_refused_at_once(wrong, told):
    with pytest.raises(DatasetError, match=told):
        KerasImagesDataset(**{"name": "mnist", "part": "test"} | wrong)


def test_saving_is_refused():
    with pytest.raises(DatasetError, match="read-only"):
        KerasImagesDataset(name="mnist", part="test").save(Mock())


def test_the_example_in_the_documentation_works(served):
    served("cifar10")
    source = example(KerasImagesDataset)
    assert len(source.load()) == 50_000
    assert "cifar10" in str(source)
