"""Features of a frozen network, from a folder."""

import logging
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError

from catalog_examples import example
from logit_adjustment_kedro.datasets import FeaturesDataset
from logit_adjustment_kedro.images import FeatureSet

FEATURES = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
LABELS = np.array([2, 0, 2, 1])
GOOD = {"features": FEATURES, "labels": LABELS}


def table_of(features=FEATURES, labels=LABELS) -> pd.DataFrame:
    columns = {f"feature_{n}": column for n, column in enumerate(features.T)}
    return pd.DataFrame({"label": labels} | columns)


@pytest.fixture
def folder(tmp_path) -> Path:
    np.savez(tmp_path / "train.npz", **GOOD)
    np.savez(tmp_path / "test.npz", features=FEATURES[:2], labels=LABELS[:2] // 2)
    return tmp_path


def load(folder: Path, part: str = "train") -> FeatureSet | None:
    return FeaturesDataset(folder=str(folder), part=part).load()


def fault_of(folder: Path, part: str = "train") -> str:
    with pytest.raises(DatasetError) as failure:
        load(folder, part)
    told = str(failure.value)
    assert "\n" not in told
    assert told.startswith(str(folder))
    return told


def test_features_and_labels_are_read_in_order(folder):
    train = load(folder)
    assert type(train) is FeatureSet
    np.testing.assert_array_equal(train.images[:, 0, 0], FEATURES)
    assert (train.labels.tolist(), train.labels.dtype) == ([2, 0, 2, 1], "int64")
    assert train.origin == str(folder / "train.npz")


def test_without_names_the_classes_are_the_numbers_of_the_training_labels(folder):
    test = load(folder, "test")
    assert test.labels.tolist() == [1, 0]
    assert test.class_names == load(folder).class_names == ("0", "1", "2")


def test_the_names_of_the_training_part_hold_where_a_file_has_none(folder):
    names = np.array(["cat", "dog", "emu", "fox"])
    np.savez(folder / "train.npz", **GOOD, class_names=names)
    assert load(folder, "test").class_names == ("cat", "dog", "emu", "fox")
    np.savez(folder / "test.npz", **GOOD, class_names=names[::-1])
    assert load(folder, "test").class_names == ("fox", "emu", "dog", "cat")


def test_a_validation_part_need_not_be_there(folder):
    assert load(folder, "validation") is None
    np.savez(folder / "val.npz", **GOOD)
    assert len(load(folder, "validation")) == 4


@pytest.mark.parametrize("dtype", ["float16", "float64", ">f4"])
def test_numbers_of_any_precision_become_float32(folder, dtype):
    np.savez_compressed(
        folder / "train.npz", features=FEATURES.astype(dtype), labels=LABELS
    )
    found = load(folder).images
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[:, 0, 0], FEATURES, rtol=1e-3)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_table_is_read_as_arrays_are(folder, dtype):
    (folder / "train.npz").unlink()
    table = table_of(FEATURES.astype(dtype))
    shuffled = table[["feature_2", "label", "feature_0", "feature_1"]]
    shuffled.assign(path="a.png").to_parquet(folder / "train.parquet")
    found = load(folder)
    np.testing.assert_array_equal(found.images[:, 0, 0], FEATURES)
    assert found.labels.tolist() == LABELS.tolist()
    assert load(folder, "test").class_names == found.class_names == ("0", "1", "2")


def test_more_than_ten_columns_are_in_the_order_of_their_numbers(folder):
    wide = np.arange(48, dtype="float32").reshape(4, 12)
    (folder / "test.npz").unlink()
    table_of(wide).to_parquet(folder / "test.parquet")
    np.testing.assert_array_equal(load(folder, "test").images[:, 0, 0], wide)


def with_one(value, dtype="float32"):
    changed = FEATURES.astype(dtype)
    changed[2, 1] = value
    return changed


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"features": None}, "an array features. Received: labels$"),
        ({"labels": None}, "an array labels. Received: features$"),
        ({"features": with_one(np.nan)}, r"finite .* features\[2, 1\]=nan"),
        ({"features": with_one(-np.inf)}, r"finite .* features\[2, 1\]=-inf"),
        ({"features": with_one(1e39, "float64")}, r"as float32.* features\[2, 1\]=1e"),
        ({"features": np.ones((4, 3), int)}, r"floating .* dtype=int64$"),
        ({"features": np.ones((4, 3), "complex64")}, "floating .* dtype=complex64$"),
        ({"features": np.ones(4)}, r"of shape \[N, D\]. Received: shape=\(4,\)"),
        ({"features": np.ones((4, 3, 2))}, r"Received: shape=\(4, 3, 2\)"),
        ({"features": np.ones((4, 0))}, r"Received: shape=\(4, 0\)"),
        (
            {"features": np.ones((0, 3)), "labels": LABELS[:0]},
            r"Received: shape=\(0, 3\)",
        ),
        ({"labels": np.eye(4, 3, dtype=int)}, r"labels to be .* shape=\(4, 3\)"),
        ({"labels": LABELS / 2}, "labels to be integers .* dtype=float64"),
        ({"labels": np.array([*"abca"])}, "labels to be integers .* dtype=<U1"),
        ({"labels": LABELS[:3]}, r"integers of shape \(4,\)"),
        ({"labels": LABELS - 1}, r"from 0 to 1. Received: labels\[1\]=-1"),
        ({"labels": LABELS * 10**9}, "below 65,536 .* 2,000,000,000"),
        (
            {"class_names": np.array(["a", "b"])},
            r"labels from 0 to 1. Received: labels\[0\]=2",
        ),
        ({"class_names": np.array(["a", "a", "b"])}, "class_names that differ"),
        ({"class_names": np.array([1, 2, 3])}, "class_names to be a tuple of texts"),
    ],
)
def test_other_arrays_are_refused(folder, changed, told):
    arrays = {k: array for k, array in (GOOD | changed).items() if array is not None}
    np.savez(folder / "train.npz", **arrays)
    fault = fault_of(folder)
    assert fault.startswith(f"{folder / 'train.npz'}: Expected ")
    assert re.search(told, fault)


def test_a_label_that_the_training_part_has_not_is_refused(folder):
    np.savez(folder / "test.npz", features=FEATURES, labels=LABELS + 1)
    told = r"test\.npz: Expected labels from 0 to 2. Received: labels\[0\]=3"
    assert re.search(told, fault_of(folder, "test"))


class Evil:
    def __reduce__(self):
        return pytest.fail, ("unpickled",)


@pytest.mark.parametrize("name", ["features", "labels", "class_names"])
def test_objects_are_never_unpickled(folder, name):
    np.savez(folder / "train.npz", **GOOD | {name: np.array([Evil()], object)})
    told = fault_of(folder)
    assert f"train.npz/{name}: cannot be read: Object arrays cannot be loaded" in told


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (table_of().drop(columns="label"), "no label among feature_0, feature_1,"),
        (table_of().drop(columns="feature_1"), "no feature_1 among label, feature_0"),
        (table_of()[["label"]], "no feature_0 among label$"),
        (table_of().astype({"feature_2": int}), "numbers in feature_2. .* int64"),
        (table_of().astype({"feature_2": str}), "numbers in feature_2. .* str"),
        (table_of().astype({"label": float}), "integers .* dtype=float64"),
        (table_of().replace({"feature_1": {FEATURES[2, 1]: None}}), r"\[2, 1\]=nan"),
        (table_of()[:0], r"Received: shape=\(0, 3\)"),
    ],
)
def test_other_tables_are_refused(folder, table, told):
    (folder / "train.npz").unlink()
    table.to_parquet(folder / "train.parquet")
    fault = fault_of(folder)
    assert fault.startswith(f"{folder / 'train.parquet'}: Expected ")
    assert re.search(told, fault)


@pytest.mark.parametrize("name", ["train.npz", "train.parquet"])
@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04", b"PAR1"])
def test_what_is_no_such_file_is_refused(folder, name, content):
    (folder / "train.npz").unlink()
    (folder / name).write_bytes(content)
    assert f"{name}: cannot be read: " in fault_of(folder)


def test_other_names_are_refused(folder):
    (folder / "test.npz").rename(folder / "features_test.npz")
    assert fault_of(folder).endswith(
        "expected files train and test, each one of .npz, .parquet. "
        "Received: features_test.npz, train.npz"
    )
    (folder / "test.csv").touch()
    assert "Received: features_test.npz, test.csv, train.npz" in fault_of(folder)


def test_two_files_of_one_part_are_refused(folder):
    table_of().to_parquet(folder / "Training.parquet")
    told = "one file to train. Received: Training.parquet, train.npz"
    assert told in fault_of(folder, "test")


def test_other_files_are_passed_over_and_named_once(folder, caplog):
    caplog.set_level(logging.INFO)
    for name in ("README.md", "train.csv", ".hidden"):
        (folder / name).touch()
    for part in ("train", "test", "validation"):
        load(folder, part)
    assert [record.message for record in caplog.records] == [
        f"{folder}: passed over: README.md, train.csv"
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    source = FeaturesDataset(folder=str(tmp_path / "none"), part="train")
    assert not source.exists()
    with pytest.raises(DatasetError) as failure:
        source.load()
    assert str(failure.value) == f"There is no folder at {tmp_path / 'none'}."
    with pytest.raises(DatasetError, match="Give it as --params=folder=PATH"):
        FeaturesDataset(folder=None, part="train").load()


def test_a_part_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="Wrong argument.*part.*'dev'"):
        FeaturesDataset(folder=str(tmp_path), part="dev")


def test_saving_is_refused(folder):
    with pytest.raises(DatasetError, match="read-only"):
        FeaturesDataset(folder=str(folder), part="train").save(load(folder))


def test_the_example_in_the_documentation_works(folder):
    source = example(FeaturesDataset, folder=str(folder))
    assert source.exists()
    assert len(source.load()) == 4
    assert "train" in str(source)
