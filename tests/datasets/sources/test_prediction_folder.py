"""Folders of predictions, as somebody's own code writes them."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from catalog_examples import example
from logit_adjustment_kedro.datasets import PredictionsDataset
from logit_adjustment_kedro.datasets.errors import DataError
from logit_adjustment_kedro.runs import Part

LOGITS = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
CENTRED = LOGITS - LOGITS.max(axis=1, keepdims=True)
LABELS = np.array([0, 0, 1, 1, 2, 2])
COUNTS = "class_name,count\ncat,80\nNA,15\nowl,5\n"


def table(values=LOGITS, kind="logit", labels=LABELS):
    columns = {f"{kind}_{n}": values[:, n] for n in range(values.shape[1])}
    return pd.DataFrame({"label": labels} | columns)


@pytest.fixture
def folder(tmp_path):
    """A folder with class counts, and a function that writes a table there."""
    (tmp_path / "counts.csv").write_text(COUNTS)

    def write(name, content):
        if name.endswith(".csv"):
            text = content if isinstance(content, str) else content.to_csv(index=False)
            (tmp_path / name).write_text(text)
        elif name.endswith(".parquet"):
            content.to_parquet(tmp_path / name)
        else:
            np.savez(tmp_path / name, **content)

    write.path = tmp_path
    return write


def load(folder):
    return PredictionsDataset(folder=str(folder.path)).load()


def fault_of(folder):
    with pytest.raises(DataError) as failure:
        load(folder)
    told = str(failure.value)
    assert "\n" not in told
    assert told.startswith(str(folder.path))
    return told


def test_the_example_of_the_documentation_reads_a_folder(folder):
    folder("test.csv", table())
    dataset = example(PredictionsDataset, folder=str(folder.path))
    assert dataset.exists()
    assert len(dataset.load().models) == 1


@pytest.mark.parametrize("kind", ["csv", "parquet", "npz"])
def test_logits_come_from_any_kind_of_file(folder, kind):
    arrays = {"labels": LABELS, "logits": LOGITS}
    folder(f"test_net.{kind}", arrays if kind == "npz" else table())
    predictions = load(folder)
    assert predictions.class_names == ["cat", "NA", "owl"]
    assert predictions.class_counts.tolist() == [80, 15, 5]
    (model,) = predictions.models
    assert (model.name, model.seed) == ("net", 0)
    np.testing.assert_allclose(model.logits[Part.TEST], CENTRED, atol=1e-6)
    np.testing.assert_array_equal(model.labels[Part.TEST], LABELS)
    np.testing.assert_allclose(model.prior, [0.8, 0.15, 0.05])


def test_models_and_seeds_and_parts_are_told_by_their_names(folder):
    for name in ("test_b_seed_2", "test_b_seed_10", "test_my_net", "validation_my_net"):
        folder(f"{name}.csv", table())
    models = load(folder).models
    found = [(model.name, model.seed, [*model.logits]) for model in models]
    assert found == [
        ("b", 2, [Part.TEST]),
        ("b", 10, [Part.TEST]),
        ("my_net", 0, [Part.TEST, Part.VALIDATION]),
    ]


@pytest.mark.parametrize("name", ["test.csv", "test_seed_0.csv"])
def test_a_single_model_needs_no_name(folder, name):
    folder(name, table())
    folder("notes.csv", "anything")
    assert [model.title for model in load(folder).models] == ["model, seed 0"]


@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_probabilities_become_their_logarithms(folder, kind):
    shares = np.array([[0.7, 0.3, 0.0]] * 6)
    arrays = {"labels": LABELS, "probabilities": shares}
    folder(f"test.{kind}", arrays if kind == "npz" else table(shares, "probability"))
    (model,) = load(folder).models
    np.testing.assert_allclose(np.exp(model.logits[Part.TEST]), shares, atol=1e-6)
    assert np.isfinite(model.logits[Part.TEST]).all()


def test_what_is_called_otherwise_is_passed_over_and_named(folder, caplog):
    folder("test_a.csv", table())
    folder("val_a.csv", table())
    (folder.path / "test_b.npy").touch()
    (folder.path / ".DS_Store").touch()
    (folder.path / "test_b.CSV").write_text((folder.path / "test_a.csv").read_text())
    assert [model.name for model in load(folder).models] == ["a", "b"]
    assert (
        "passed over: test_b.npy, val_a.csv. Predictions are called test_MODEL"
        in caplog.text
    )


def test_priors_of_models_come_from_a_table(folder, caplog):
    for name in ("a", "b", "c", "d"):
        folder(f"test_{name}.csv", table())
    folder("models.csv", "model , prior\na,train\nb, uniform\nc,mine.csv\n")
    folder("mine.csv", "class_name,share\nowl,0.5\ncat,0.25\nNA,0.25\n")
    priors = {model.name: model.prior.tolist() for model in load(folder).models}
    assert "passed over" not in caplog.text
    assert priors["a"] == priors["d"] == pytest.approx([0.8, 0.15, 0.05])
    assert priors["b"] == pytest.approx([1 / 3] * 3)
    assert priors["c"] == pytest.approx([0.25, 0.25, 0.5])


OBJECTS = np.array([None] * 6)
WRONG_LABELS = table(labels=np.array(["cat"] * 6))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("test.csv", table().drop(columns="label"), "expected labels, and either"),
        ("test.csv", table()[["label"]], "Received: label$"),
        ("test.csv", table().drop(columns="logit_2"), "logit_0 to logit_2, as counts"),
        (
            "test.csv",
            table(np.hstack([LOGITS, LOGITS])),
            "logit_0 to logit_2, as count",
        ),
        ("test.csv", "", "cannot be read"),
        ("test.csv", table()[:0], "shape=.0, 3."),
        ("test.csv", WRONG_LABELS, "to be integers of shape"),
        ("test.csv", table(np.full((6, 3), 1 / 3)), "which are probabilities"),
        ("test.csv", table(LOGITS, "probability"), "not negative and sum to 1"),
        ("test.npz", {"labels": LABELS}, "expected labels, and either logits or prob"),
        (
            "test.npz",
            {"labels": LABELS, "logits": LOGITS.T},
            r"shape \[N, 3\], as count",
        ),
        (
            "test.npz",
            {"labels": np.array([None] * 6), "logits": LOGITS},
            "cannot be read",
        ),
        ("validation.csv", table(), "expected a file test_MODEL with one of"),
        ("models.csv", "model,prior\nmodel,half\n", "train, uniform, or a CSV file. R"),
        ("models.csv", "model\nmodel\n", "rows with the columns model and prior"),
        ("models.csv", "model,prior\nmodel,x.csv\n", "no file x.csv"),
        ("counts.csv", "class_name,count\ncat,8\ndog,0\n", "Received: '0' of 'dog'"),
        (
            "counts.csv",
            "class_name,count\ncat,8\ndog,1.5\n",
            "Received: '1.5' of 'dog'",
        ),
        ("counts.csv", "class_name,count\ncat,8\ncat,3\nowl,1\n", "a name of its own"),
        ("counts.csv", "class_name,count\ncat,8\ndog,3\n", "logit_0 to logit_1, as"),
        ("test.csv", "label,logit_0\n0,1,2,3\n", "as many names of columns as columns"),
        ("test.csv", "label;logit_0\n0;1\n", "Received: label;logit_0$"),
        ("counts.csv", "class_name,count\ncat,8\ndog,1e30\n", "'1e30' of 'dog'"),
        ("models.csv", "model,prior\nmdel,train\n", "of model. Received: 'mdel'"),
        (
            "models.csv",
            "model,prior\nmodel,train\nmodel,uniform\n",
            "Received: 'model'",
        ),
        (
            "test.npz",
            {"labels": LABELS, "logits": LOGITS.astype(str)},
            "numbers in log",
        ),
        ("counts.csv", "name,count\ncat,8\n", "columns class_name and count"),
    ],
)
def test_what_is_otherwise_is_refused_in_one_line(folder, name, content, told):
    if not name.startswith(("test", "validation")):
        folder("test.csv", table())
    folder(name, content)
    with pytest.raises(DataError, match=told) as failure:
        load(folder)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ("cat,0.5\nNA,0.5\n", "once. Received: missing: 'owl'"),
        ("cat,0.5\nNA,0.25\nowl,0.25\nemu,0\n", "once. Received: no class: 'emu'"),
        ("cat,0.5\nNA,0.25\nNA,0.25\nowl,0\n", "once. Received: twice: 'NA'"),
        ("cat,0.5\nNA,0.25\nowl,0.2\n", "sum to 1. Received: sum=0.95"),
        ("cat,many\nNA,0.25\nowl,0.2\n", "a number as the share of 'cat'"),
        ("cat,0.5\nNA,0.5\nowl,0\n", "expected a share above 0 for each class"),
    ],
)
def test_shares_that_are_no_prior_are_refused(folder, shares, told):
    folder("test_a.csv", table())
    folder("models.csv", "model,prior\na,mine.csv\n")
    folder("mine.csv", "class_name,share\n" + shares)
    assert told in fault_of(folder)


def test_class_counts_may_tell_their_labels(folder):
    folder("test.csv", table())
    folder("counts.csv", "label,class_name,count\n2,owl,5\n0,cat,80\n1,dog,15\n")
    predictions = load(folder)
    assert predictions.class_names == ["cat", "dog", "owl"]
    assert predictions.class_counts.tolist() == [80, 15, 5]
    folder("counts.csv", "label,class_name,count\n1,owl,5\n2,cat,80\n3,dog,15\n")
    assert "expected labels from 0 to 2. Received: 1, 2, 3" in fault_of(folder)


def test_what_all_logits_of_an_image_have_in_common_costs_no_digits(folder):
    shifted = table(LOGITS.astype(float) + 1e9)
    folder("test_a.parquet", shifted)
    (model,) = load(folder).models
    np.testing.assert_allclose(model.logits[Part.TEST], CENTRED, atol=1e-6)


@pytest.mark.parametrize("name", ["Models.csv", "model.csv"])
def test_a_table_of_models_that_is_called_otherwise_is_refused(folder, name):
    folder("test_a.csv", table())
    folder(name, "model,prior\na,uniform\n")
    assert f"expected models.csv. Received: {name}" in fault_of(folder)


def test_a_name_that_is_no_text_is_refused(folder):
    folder("test_a.csv", table())
    Path(os.fsdecode(bytes(folder.path) + b"/test_\xff.csv")).touch()
    assert "that can be printed. Received: " in fault_of(folder)


def test_a_file_that_is_there_twice_is_refused(folder):
    folder("test_a.csv", table())
    folder("test_a.parquet", table())
    assert "Received: test_a.csv, test_a.parquet" in fault_of(folder)


def test_a_model_without_test_images_is_refused(folder):
    folder("test_a.csv", table())
    folder("validation_b.csv", table())
    assert "Expected predictions of test images of b, seed 0" in fault_of(folder)


def test_other_test_labels_of_another_model_are_refused(folder):
    folder("test_a.csv", table())
    folder("test_b.csv", table(labels=LABELS[::-1]))
    assert "other labels of b, seed 0 than of a, seed 0" in fault_of(folder)


def test_a_folder_is_asked_for_when_it_is_read():
    dataset = PredictionsDataset(folder=None)
    assert not dataset.exists()
    with pytest.raises(DataError, match="--params=folder=PATH, with --env=logits"):
        dataset.load()


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(DataError, match="There is no folder at"):
        PredictionsDataset(folder=str(tmp_path / "none")).load()
    with pytest.raises(DataError, match="There is no file counts.csv in"):
        PredictionsDataset(folder=str(tmp_path)).load()
