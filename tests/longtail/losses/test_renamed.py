"""Models that were saved while the loss of each method had a class of its own."""

import json
import zipfile

import keras
import numpy as np
import pytest
from loss_examples import COUNTS, LABELS, LOGITS

from logit_adjustment_kedro.longtail.losses import (
    LogitAdjustedCrossentropy,
    LongTailCrossentropy,
)

# Former class, what it saved beside name, reduction and class counts, its mean loss on
# the images of `loss_examples` as it was then; and what it is to become.
SAVED = [
    ("BalancedCrossentropy", {}, 15.815129, "balanced"),
    ("ClassBalancedCrossentropy", {"beta": 0.9}, 1.284546, "class_balanced"),
    ("AdaptiveCrossentropy", {}, 2.722691, "adaptive"),
    ("EqualisedCrossentropy", {"tau": 0.5}, 0.712139, "equalised"),
    (
        "LogitAdjustedAdaptiveCrossentropy",
        {},
        3.159985,
        "logit_adjusted_adaptive",
    ),
    ("VectorScalingCrossentropy", {"gamma": 0.3, "tau": 2.0}, 3.295877, "vs"),
]


def load_saved(path, former_class, config):
    """Loads a model whose file names its loss as it was named before."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.save(path / "today.keras")
    with zipfile.ZipFile(path / "today.keras") as today:
        parts = {name: today.read(name) for name in today.namelist()}
    said = json.loads(parts["config.json"])
    said["compile_config"]["loss"] = {
        "module": "logit_adjustment_kedro.longtail.losses.named",
        "class_name": former_class,
        "config": config,
        "registered_name": f"logit_adjustment_kedro>{former_class}",
    }
    with zipfile.ZipFile(path / "former.keras", "w") as former:
        for name, content in (parts | {"config.json": json.dumps(said)}).items():
            former.writestr(name, content)
    return keras.saving.load_model(path / "former.keras")


@pytest.mark.parametrize(
    ("former_class", "parameters", "mean_loss", "method"),
    SAVED,
    ids=[row[0] for row in SAVED],
)
def test_a_loss_saved_under_its_former_name_loads_as_what_it_was(
    tmp_path, former_class, parameters, mean_loss, method
):
    keras_arguments = {"name": "mine", "reduction": "sum_over_batch_size"}
    config = {**keras_arguments, **parameters, "class_counts": COUNTS.tolist()}
    loss = load_saved(tmp_path, former_class, config).loss
    if method == "class_balanced":
        parameters = parameters | {"mean_over": "classes"}
    expected = LongTailCrossentropy(method, COUNTS, **keras_arguments, **parameters)
    assert type(loss) is LongTailCrossentropy
    assert loss.get_config() == expected.get_config()
    assert float(loss(LABELS, LOGITS)) == pytest.approx(mean_loss, rel=1e-5)


def test_the_logit_adjusted_loss_as_it_was_saved_then_loads(tmp_path):
    config = {
        "name": "logit_adjusted_crossentropy",
        "reduction": "sum_over_batch_size",
        "tau": 2.0,
        "fisher_weight": True,
        "class_counts": [90, 9, 1],
    }
    loss = load_saved(tmp_path, "LogitAdjustedCrossentropy", config).loss
    assert type(loss) is LogitAdjustedCrossentropy
    assert loss.get_config() == config | {"dtype": "float32"}
    assert float(loss(LABELS, LOGITS)) == pytest.approx(0.144104, rel=1e-5)


def test_a_model_that_loaded_so_trains_and_is_saved_under_todays_name(tmp_path):
    config = {"class_counts": [3, 2, 1], "tau": 1.0, "name": "mine"}
    model = load_saved(tmp_path, "EqualisedCrossentropy", config)
    before = model.get_weights()[0]
    model.fit(np.ones((4, 2)), np.array([0, 1, 2, 0]), verbose=0)
    assert (model.get_weights()[0] != before).any()
    saved = keras.saving.serialize_keras_object(model.loss)
    assert saved["registered_name"] == "logit_adjustment_kedro>LongTailCrossentropy"
