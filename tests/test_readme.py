"""The README's own code, run as it stands there."""

import re
from contextlib import chdir
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pytest
from PIL import Image

from logit_adjustment_kedro import runs
from logit_adjustment_kedro.datasets import TFRecordDataset

README = Path(__file__).parent.parent / "README.md"


def code_blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.S)


def test_logits_in_a_notebook():
    code, *_ = code_blocks("python")
    random = np.random.default_rng(0)
    names = {
        "test_logits": random.normal(size=(60, 3)),
        "test_labels": np.repeat([0, 1, 2], 20),
        "class_counts": [50, 10, 4],
    }
    exec(code.replace("method_table(read", "table = method_table(read"), names)
    assert names["table"]["method"].nunique() == 2


def test_the_loss_in_your_own_code():
    (code,) = (c for c in code_blocks("python") if "LogitAdjustedCrossentropy" in c)
    random = np.random.default_rng(0)
    names = {
        "train_images": random.normal(size=(64, 5)).astype("float32"),
        "train_labels": np.repeat([0, 1, 2], [50, 10, 4]),
        "test_images": random.normal(size=(7, 5)).astype("float32"),
        "model": keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)]),
    }
    exec(code, names)
    adjustment = names["logits"] - names["model"].predict(names["test_images"])
    expected = np.tile(-np.log(np.array([50, 10, 4]) / 64), (7, 1))
    np.testing.assert_allclose(adjustment, expected, rtol=1e-4)


def test_scikit_learn():
    *_, code = code_blocks("python")
    random = np.random.default_rng(0)
    names = {
        "train_features": random.normal(size=(64, 5)),
        "train_labels": np.repeat(["cat", "dog", "owl"], [50, 10, 4]),
        "test_features": random.normal(size=(7, 5)),
    }
    exec(code, names)
    assert names["classifier"].class_counts_.tolist() == [50, 10, 4]


def test_records_of_your_own(tmp_path, monkeypatch):
    (code,) = code_blocks("py")
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
    (code,) = code_blocks("python3")
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
    code, export = (c for c in code_blocks("python") if "serving" in c)
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
