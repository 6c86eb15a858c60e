"""The README's own code, run as it stands there."""

import re
from pathlib import Path

import keras
import numpy as np

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
    _, code, _ = code_blocks("python")
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


def test_the_engine_in_your_own_script(tmp_path, monkeypatch):
    (code,) = code_blocks("python3")
    code = code.replace("epochs=30", "epochs=1")
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    names = {
        "train_images": random.integers(0, 256, (40, 8, 8, 1), "uint8"),
        "train_labels": np.repeat([0, 1, 2], [25, 10, 5]),
        "test_images": random.integers(0, 256, (6, 8, 8, 1), "uint8"),
        "test_labels": np.repeat([0, 1, 2], 2),
    }
    exec(code, names)
    (run,) = runs.open("my_runs")
    assert run.setup.class_counts == (25, 10, 5)
    assert len(run.epochs) == 1
