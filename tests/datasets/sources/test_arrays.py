"""Arrays of NumPy as image sets."""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError

from catalog_examples import example
from logit_adjustment_kedro.datasets import ArraysDataset

GREYS = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
COLOURS = np.arange(3 * 2 * 2 * 3, dtype=np.uint8).reshape(3, 2, 2, 3)
LABELS = np.array([2, 0, 2])


def save(folder: Path, **arrays) -> Path:
    np.savez(folder / "set.npz", **arrays)
    return folder / "set.npz"


def load(file: Path, **asked):
    return ArraysDataset(path=str(file), **asked).load()


def fault_of(file: Path, **asked) -> str:
    with pytest.raises(DatasetError) as failure:
        load(file, **asked)
    assert "\n" not in str(failure.value)
    assert str(failure.value).startswith(str(file))
    assert str(failure.value).count(str(file)) == 1
    return str(failure.value)


def test_images_and_labels_are_read_in_order(tmp_path):
    read = load(save(tmp_path, images=COLOURS, labels=LABELS))
    np.testing.assert_array_equal(read.images, COLOURS)
    assert read.labels.tolist() == [2, 0, 2]
    assert read.labels.dtype == np.int64
    assert read.class_names == ("0", "1", "2")
    assert read.origin == f"{tmp_path / 'set.npz'} (images)"


def test_images_without_channels_get_one(tmp_path):
    read = load(save(tmp_path, images=GREYS, labels=LABELS))
    assert read.image_shape == (4, 5, 1)
    np.testing.assert_array_equal(read.images[..., 0], GREYS)


def test_arrays_of_other_names_and_compressed(tmp_path):
    file = tmp_path / "mnist.npz"
    more = {"x_test": GREYS[:1], "y_test": LABELS[:1]}
    np.savez_compressed(file, x_train=GREYS, y_train=LABELS, **more)
    train = load(file, images="x_train", labels="y_train")
    test = load(file, images="x_test", labels="y_test")
    assert (len(train), len(test)) == (3, 1)
    assert test.origin == f"{file} (x_test)"


@pytest.mark.parametrize("dtype", ["uint8", "int32", "uint64"])
def test_labels_may_be_integers_of_any_size(tmp_path, dtype):
    read = load(save(tmp_path, images=GREYS, labels=LABELS.astype(dtype)))
    assert read.labels.tolist() == [2, 0, 2]


def test_class_names_are_those_given_or_else_those_in_the_file(tmp_path):
    names = np.array(["cat", "dog", "emu", "fox"])
    file = save(tmp_path, images=GREYS, labels=LABELS, class_names=names)
    assert load(file).class_names == ("cat", "dog", "emu", "fox")
    given = load(file, class_names=["a", "b", "c"])
    assert given.class_names == ("a", "b", "c")


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"labels": LABELS}, "an array images. Received: labels"),
        ({"images": GREYS}, "an array labels. Received: images"),
        ({}, "an array images. Received: none"),
        (
            {"images": GREYS / 59, "labels": LABELS},
            r"dtype uint8, .* dtype=float64. Where 1 is white: np.rint\(255 \* images",
        ),
        ({"images": GREYS.astype("int64"), "labels": LABELS}, "dtype=int64$"),
        ({"images": GREYS[0], "labels": LABELS[:1]}, r"shape=\(4, 5\), dtype=uint8$"),
        (
            {"images": np.zeros((3, 3, 4, 5), "uint8"), "labels": LABELS},
            r"channels last.* shape=\(3, 3, 4, 5\), which np.moveaxis",
        ),
        ({"images": GREYS, "labels": LABELS / 2}, "to be integers of .* dtype=float64"),
        ({"images": GREYS, "labels": LABELS[:, None]}, r"integers .* shape=\(3, 1\)"),
        ({"images": GREYS, "labels": LABELS[:2]}, r"integers of shape \(3,\)"),
        ({"images": GREYS, "labels": LABELS - 1}, r"Received: labels\[1\]=-1"),
        ({"images": GREYS, "labels": LABELS * 10**9}, "below 65,536 .* 2,000,000,000"),
        (
            {"images": GREYS, "labels": LABELS, "class_names": np.array(["a", "b"])},
            r"labels from 0 to 1. Received: labels\[0\]=2",
        ),
        (
            {"images": GREYS, "labels": LABELS, "class_names": np.array([1, 2, 3])},
            "class_names to be a tuple of texts",
        ),
        (
            {"images": GREYS, "labels": LABELS, "class_names": np.array(["a"] * 3)},
            "class_names that differ. Received: 'a' more than once",
        ),
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays, told):
    assert re.search(told, fault_of(save(tmp_path, **arrays)))


class Evil:
    def __reduce__(self):
        return pytest.fail, ("unpickled",)


@pytest.mark.parametrize("name", ["images", "labels", "class_names"])
def test_objects_are_never_unpickled(tmp_path, name):
    arrays = {"images": GREYS, "labels": LABELS, name: np.array([Evil()], object)}
    told = fault_of(save(tmp_path, **arrays))
    assert f"set.npz/{name}: cannot be read: Object arrays cannot be loaded" in told


def test_what_is_no_npz_is_refused(tmp_path):
    file = tmp_path / "set.npz"
    file.write_bytes(pickle.dumps(Evil()))
    assert "cannot be read: " in fault_of(file)
    file.write_bytes(b"<html>")
    assert "cannot be read: " in fault_of(file)
    file.write_bytes(b"")
    assert "cannot be read: " in fault_of(file)
    with file.open("wb") as stream:
        np.save(stream, GREYS)
    assert "Expected an .npz file. Received: a single array" in fault_of(file)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_file_cut_short_is_refused(tmp_path, part):
    file = save(
        tmp_path, images=np.tile(GREYS, (100, 1, 1)), labels=np.tile(LABELS, 100)
    )
    content = file.read_bytes()
    file.write_bytes(content[: int(part * len(content))])
    assert "cannot be read: " in fault_of(file)


def test_a_flipped_byte_is_found(tmp_path):
    file = save(tmp_path, images=GREYS, labels=LABELS)
    content = bytearray(file.read_bytes())
    content[content.index(GREYS.tobytes()) + 7] ^= 1
    file.write_bytes(content)
    assert "set.npz/images: cannot be read: Bad CRC-32" in fault_of(file)


def test_a_missing_file_is_told(tmp_path):
    source = ArraysDataset(path=str(tmp_path / "none.npz"))
    assert not source.exists()
    with pytest.raises(DatasetError) as failure:
        source.load()
    assert str(failure.value) == f"There is no file at {tmp_path / 'none.npz'}."


def test_saving_is_refused(tmp_path):
    file = save(tmp_path, images=GREYS, labels=LABELS)
    with pytest.raises(DatasetError, match="read-only"):
        ArraysDataset(path=str(file)).save(load(file))


def test_the_example_in_the_documentation_works(tmp_path):
    file = save(tmp_path, x_train=GREYS, y_train=LABELS)
    source = example(ArraysDataset, path=str(file))
    assert source.exists()
    assert source.load().images.shape == (3, 4, 5, 1)
    assert "x_train" in str(source)
