"""The code of the README and of the other pages, run as it stands there."""

import re
from contextlib import chdir
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pytest
import written
from PIL import Image
from sklearn.linear_model import LogisticRegression

from logit_adjustment_kedro import runs
from logit_adjustment_kedro.datasets import PredictionsDataset, TFRecordDataset
from logit_adjustment_kedro.longtail import adjust_logits
from project_copies import ROOT

OWN_DATA, OWN_CODE = "docs/your-data.md", "docs/own-code.md"
SERVING = "docs/predict-and-export.md"
COUNTS = [50, 10, 4]
# Every block of Python on any page: the page, what tells it from others there, and the
# file of the test that runs it.
RUN = [
    ("README.md", "LogitAdjustedCrossentropy", "test_readme.py"),
    ("README.md", "log_prior", "test_readme.py"),
    (OWN_DATA, "read_predictions", "test_readme.py"),
    (OWN_DATA, "predict_proba", "test_readme.py"),
    (OWN_DATA, "TFRecordWriter", "test_readme.py"),
    (OWN_CODE, "LogitAdjustedCrossentropy", "test_readme.py"),
    (OWN_CODE, "LogitAdjustedClassifier", "test_readme.py"),
    (OWN_CODE, "import Recipe, Task, train", "test_readme.py"),
    (SERVING, "import Model", "test_readme.py"),
    (SERVING, "import Export", "test_readme.py"),
    (SERVING, "HTTPServer", "test_predict.py"),
    (SERVING, "networks.layers", "test_predict.py"),
]


def test_every_block_of_python_is_run():
    standing = [
        (written.name_of(path), code)
        for path in written.PAGES
        for language in ("python", "python3", "py")
        for code in written.blocks(path, language)
    ]
    run = [(name, written.block(name, mark)) for name, mark, _ in RUN]
    assert sorted(run) == sorted(standing)
    for _, mark, file in RUN:
        asked = rf'written\.block\([^)]*"{re.escape(mark)}"\)'
        assert re.search(asked, (ROOT / "tests" / file).read_text()), mark


def test_every_other_block_is_yaml_that_is_run_or_a_command_or_a_drawing():
    for path in written.PAGES:
        languages = {"python", "bash", "text"}
        if written.name_of(path) == OWN_DATA:  # see test_own_images.py
            languages |= {"yaml"}
        assert {*written.languages(path)} <= languages, path


def loss_example():
    """Returns what the examples of the loss are run with."""
    random = np.random.default_rng(0)
    return {
        "train_images": random.normal(size=(64, 5)).astype("float32"),
        "train_labels": np.repeat([0, 1, 2], COUNTS),
        "test_images": random.normal(size=(7, 5)).astype("float32"),
        "model": keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)]),
    }


def test_the_loss_in_five_lines():
    names = loss_example()
    (first,) = (w.numpy() for w in names["model"].weights if w.path.endswith("kernel"))
    exec(written.block("README.md", "LogitAdjustedCrossentropy"), names)
    (after,) = (w.numpy() for w in names["model"].weights if w.path.endswith("kernel"))
    assert names["class_counts"].tolist() == COUNTS
    assert (first != after).any()


def test_adjusted_logits_in_five_lines():
    logits = np.random.default_rng(0).normal(size=(60, 3))
    names = {"logits": logits, "train_labels": np.repeat([0, 1, 2], COUNTS)}
    exec(written.block("README.md", "log_prior"), names)
    np.testing.assert_allclose(names["adjusted"], adjust_logits(logits, COUNTS))
    assert names["predicted"].tolist() == names["adjusted"].argmax(axis=1).tolist()


def test_logits_in_a_notebook():
    code = written.block(OWN_DATA, "read_predictions")
    random = np.random.default_rng(0)
    names = {
        "test_logits": random.normal(size=(60, 3)),
        "test_labels": np.repeat([0, 1, 2], 20),
        "class_counts": COUNTS,
    }
    exec(code.replace("method_table(read", "table = method_table(read"), names)
    assert names["table"]["method"].nunique() == 2


def test_logits_of_scikit_learn_go_into_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    train_labels = np.repeat(["owl", "cat", "dog"], COUNTS)
    features = random.normal(size=(64, 5))
    names = {
        "train_labels": train_labels,
        "classifier": LogisticRegression().fit(features, train_labels),
        "test_features": features[::10],
        "test_labels": train_labels[::10],
    }
    exec(written.block(OWN_DATA, "predict_proba"), names)
    predictions = PredictionsDataset(folder="my-logits").load()
    assert list(predictions.class_names) == ["cat", "dog", "owl"]
    assert list(predictions.class_counts) == [10, 4, 50]
    (model,) = predictions.models
    assert model.name == "classifier"


def test_the_loss_in_your_own_code():
    names = loss_example()
    exec(written.block(OWN_CODE, "LogitAdjustedCrossentropy"), names)
    adjustment = names["logits"] - names["model"].predict(names["test_images"])
    expected = np.tile(-np.log(np.array(COUNTS) / 64), (7, 1))
    np.testing.assert_allclose(adjustment, expected, rtol=1e-4)


def test_scikit_learn():
    random = np.random.default_rng(0)
    names = {
        "train_features": random.normal(size=(64, 5)),
        "train_labels": np.repeat(["cat", "dog", "owl"], COUNTS),
        "test_features": random.normal(size=(7, 5)),
    }
    exec(written.block(OWN_CODE, "LogitAdjustedClassifier"), names)
    assert names["classifier"].class_counts_.tolist() == COUNTS


def test_records_of_your_own(tmp_path, monkeypatch):
    code = written.block(OWN_DATA, "TFRecordWriter")
    monkeypatch.chdir(tmp_path)
    images = np.arange(3 * 4 * 4 * 1, dtype="uint8").reshape(3, 4, 4, 1)
    exec(code, {"images": images, "labels": np.array([1, 0, 1])})
    source = TFRecordDataset(
        url="train.tfrecord", path="kept", image_shape=[4, 4, 1], class_names=["a", "b"]
    )
    np.testing.assert_array_equal(source.load().images, images)
    assert source.load().labels.tolist() == [1, 0, 1]


@pytest.fixture(scope="module")
def my_runs(tmp_path_factory):
    """Where the engine in one's own script has stored a run."""
    code = written.block(OWN_CODE, "import Recipe, Task, train")
    code = code.replace("epochs=30", "epochs=1")
    folder = tmp_path_factory.mktemp("script")
    random = np.random.default_rng(0)
    names = {
        "train_images": random.integers(0, 256, (40, 8, 8, 1), "uint8"),
        "train_labels": np.repeat([0, 1, 2], [25, 10, 5]),
        "test_images": random.integers(0, 256, (6, 8, 8, 1), "uint8"),
        "test_labels": np.repeat([0, 1, 2], 2),
    }
    with chdir(folder):
        exec(code, names)
    return folder / "my_runs"


def test_the_engine_in_your_own_script(my_runs):
    (run,) = runs.open(my_runs)
    assert run.setup.class_counts == (25, 10, 5)
    assert len(run.epochs) == 1


def test_a_model_in_use(my_runs, tmp_path, monkeypatch):
    code = written.block(SERVING, "import Model")
    export = written.block(SERVING, "import Export")
    code = re.sub(r"data/[^\"]*/runs", str(my_runs), code)
    code = code.replace("image_size=32", "image_size=8, channels=1")
    monkeypatch.chdir(tmp_path)
    Path("new").mkdir()
    for number in range(3):
        Image.new("L", (9, 12), 80 * number).save(f"new/{number}.jpg")
    names = {}
    exec(code, names)
    assert len(names["names"]) == 3
    assert {*names["names"]} <= {"cat", "dog", "owl"}
    np.testing.assert_allclose(names["probabilities"].sum(axis=1), 1)
    exec(export, names)
    session = onnxruntime.InferenceSession("exported/model.onnx")
    (said,) = session.run(None, {"images": np.stack(names["images"])})
    np.testing.assert_allclose(said, names["probabilities"], atol=1e-4)
