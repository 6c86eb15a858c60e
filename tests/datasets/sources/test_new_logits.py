"""Logits of new examples, beside a folder of the model's predictions."""

import logging

import numpy as np
import pandas as pd
import pytest

from catalog_examples import example
from logit_adjustment_kedro.datasets import NewLogitsDataset
from logit_adjustment_kedro.datasets.errors import DataError

LOGITS = np.array([[2.0, 0.0], [0.5, 1.5], [-1.0, 3.0]])
CENTRED = LOGITS - LOGITS.max(axis=1, keepdims=True)


def write(file, values=LOGITS, kind="logit", **more):
    """Writes a table, or arrays, without labels unless they are given."""
    file.parent.mkdir(exist_ok=True)
    if file.suffix == ".npz":
        np.savez(file, logits=values, **more)
        return
    columns = {f"{kind}_{n}": values[:, n] for n in range(values.shape[1])}
    table = pd.DataFrame(more | columns)
    if file.suffix == ".parquet":
        table.to_parquet(file)
    else:
        table.to_csv(file, index=False)


@pytest.fixture
def known(tmp_path):
    """Returns a function that makes a folder of models, a file of a name each."""

    def make(*names):
        folder = tmp_path / "known"
        folder.mkdir()
        (folder / "counts.csv").write_text("class_name,count\ncat,80\ndog,20\n")
        for name in names or ("test_net",):
            write(folder / f"{name}.csv", label=[0, 1, 1])
        return folder

    return make


def load(folder, path):
    return NewLogitsDataset(folder=str(folder), input=str(path)).load()


def fault_of(folder, path):
    with pytest.raises(DataError) as refused:
        load(folder, path)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_the_example_of_the_documentation_reads_logits(known, tmp_path):
    write(tmp_path / "new.csv")
    given = {"folder": str(known()), "input": str(tmp_path / "new.csv")}
    dataset = example(NewLogitsDataset, **given)
    assert dataset.exists()
    assert dataset.load().count == 3


@pytest.mark.parametrize("kind", ["csv", "parquet", "npz"])
def test_a_file_of_any_kind_and_name_is_of_the_one_model(known, tmp_path, kind):
    write(tmp_path / f"new.{kind}")
    new = load(known(), tmp_path / f"new.{kind}")
    assert (new.class_names, new.class_counts.tolist()) == (["cat", "dog"], [80, 20])
    np.testing.assert_allclose(new.prior, [0.8, 0.2])
    assert [*new.logits] == [f"new.{kind}"]
    np.testing.assert_allclose(new.logits[f"new.{kind}"], CENTRED, atol=1e-6)


@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_labels_are_passed_over_whatever_they_are(known, tmp_path, kind):
    file = tmp_path / f"new.{kind}"
    labels = np.array(["cat", "owl", ""])
    write(file, **{"labels" if kind == "npz" else "label": labels})
    assert load(known(), file).count == 3


def test_probabilities_become_their_logarithms(known, tmp_path):
    shares = np.array([[0.7, 0.3], [1.0, 0.0]])
    write(tmp_path / "new.csv", shares, "probability")
    (logits,) = load(known(), tmp_path / "new.csv").logits.values()
    np.testing.assert_allclose(np.exp(logits), shares, atol=1e-6)


def test_a_folder_has_the_files_of_the_seeds(known, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    for seed in (10, 2):
        write(tmp_path / "new" / f"test_net_seed_{seed}.csv", LOGITS * seed)
    new = load(known("test_net_seed_2", "test_net_seed_10"), tmp_path / "new")
    assert [*new.logits] == ["test_net_seed_2.csv", "test_net_seed_10.csv"]
    np.testing.assert_allclose(
        [*new.logits.values()], [2 * CENTRED, 10 * CENTRED], atol=1e-6
    )
    assert "means over test_net_seed_2.csv, test_net_seed_10.csv" in caplog.text


@pytest.mark.parametrize(
    ("file", "prior"), [("test_a", [0.8, 0.2]), ("test_b_seed_3", [0.5, 0.5])]
)
def test_of_several_models_the_name_of_the_file_tells_which(
    known, tmp_path, file, prior
):
    folder = known("test_a", "test_b_seed_0", "test_b_seed_1")
    (folder / "models.csv").write_text("model,prior\nb,uniform\n")
    for path in (tmp_path / f"{file}.csv", tmp_path / "new" / f"{file}.csv"):
        write(path)
        given = path if path.parent == tmp_path else path.parent
        np.testing.assert_allclose(load(folder, given).prior, prior)


def test_of_several_models_a_file_that_tells_none_is_refused(known, tmp_path):
    write(tmp_path / "new.csv")
    told = fault_of(known("test_a", "test_b"), tmp_path / "new.csv")
    assert "several models: a, b. Call it test_a.csv and so on. Received: new" in told


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("test_a", "test_b"), "of a, b. Received: those of a, b. Give a folder with"),
        (("test_c",), "one of a, b. Received: those of c"),
        (("new_a",), "expected a file test_MODEL with one of"),
        (("validation_a",), "expected a file test_MODEL with one of"),
    ],
)
def test_a_folder_is_of_one_model_that_is_known(known, tmp_path, names, told):
    for name in names:
        write(tmp_path / "new" / f"{name}.csv")
    assert told in fault_of(known("test_a", "test_b"), tmp_path / "new")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.array([[0.9, 0.1], [0.2, 0.8]]), "which are probabilities: call them so"),
        (np.ones((2, 3)), "expected logit_0 to logit_1, as counts.csv has 2 classes"),
        (LOGITS * [[1], [np.nan], [1]], "finite logits of new.csv. Received: row 1"),
        (LOGITS[:0], "Received: shape=(0, 2)"),
        (LOGITS[:, :0], "columns logit_0 to logit_1. Received: index"),
    ],
)
def test_what_are_no_logits_is_refused_in_one_line(known, tmp_path, values, told):
    write(tmp_path / "new.csv", values, index=range(len(values)))
    assert told in fault_of(known(), tmp_path / "new.csv")


def test_seeds_are_of_the_same_examples(known, tmp_path):
    write(tmp_path / "new" / "test_net_seed_0.csv")
    write(tmp_path / "new" / "test_net_seed_1.csv", LOGITS[:2])
    assert "3 in test_net_seed_0.csv, 2 in test" in fault_of(known(), tmp_path / "new")


def test_what_is_not_given_or_not_there_is_told(known, tmp_path):
    folder = known()
    dataset = NewLogitsDataset(folder=str(folder), input=None)
    assert not dataset.exists()
    with pytest.raises(DataError, match="--params=folder=PATH,input=NEW"):
        dataset.load()
    with pytest.raises(DataError, match="--params=folder=PATH, with --env=logits"):
        NewLogitsDataset(folder=None, input="new.csv").load()
    assert "no file or folder at" in fault_of(folder, tmp_path / "new.csv")
    (tmp_path / "new.txt").touch()
    assert "Received: .txt" in fault_of(folder, tmp_path / "new.txt")


def test_nothing_is_saved_there(known, tmp_path):
    with pytest.raises(DataError, match="read-only"):
        NewLogitsDataset(folder=str(known()), input=str(tmp_path)).save("anything")
