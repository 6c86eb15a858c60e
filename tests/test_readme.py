"""The README's own code, run as it stands there."""

import re
from pathlib import Path

import keras
import numpy as np

README = Path(__file__).parent.parent / "README.md"


def test_the_loss_in_your_own_code():
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
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
