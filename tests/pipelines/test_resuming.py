"""A training that was interrupted, and one that was not, are the same."""

import keras
import numpy as np
import pandas as pd
import pytest
import test_modeling
from keras.layers import Dense
from test_modeling import METHODS, RECIPE, TEST, TRAIN, run

from logit_adjustment_kedro.datasets import ImageSet
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import accuracy, adjust_logits
from logit_adjustment_kedro.longtail.methods import (
    ERM,
    LogitAdjusted,
    PosthocLogitAdjusted,
    VectorScaling,
)
from logit_adjustment_kedro.pipelines.modeling import callbacks
from logit_adjustment_kedro.pipelines.modeling.checkpoint import (
    Results,
    fingerprint,
    restore,
    save,
    setup_of,
    training_state,
)
from logit_adjustment_kedro.pipelines.modeling.params import Training

COUNTS = TRAIN.class_counts()


def weights(models):
    return np.concatenate([np.ravel(value) for value in models[3].get_weights()])


@pytest.fixture
def interrupt(monkeypatch):
    """Returns a function that makes trainings end at the start of an epoch."""

    def at(stop):
        begin = callbacks.Evaluation.on_epoch_begin

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == stop:
                raise KeyboardInterrupt
            begin(self, epoch, logs)

        monkeypatch.setattr(callbacks.Evaluation, "on_epoch_begin", on_epoch_begin)
        return monkeypatch

    return at


@pytest.mark.parametrize("stop", [0, 1, 2])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"precision": "mixed_float16", "zoom": 1.2, "colour_jitter": True},
        {"evaluate_every": 2, "mirrored_view": True},
    ],
)
def test_an_interrupted_training_goes_on_and_ends_the_same(
    tmp_path, interrupt, stop, changes
):
    models, history, predictions = run(tmp_path / "whole", **changes)
    patch = interrupt(stop)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", **changes)
    patch.undo()
    models_after, history_after, predictions_after = run(tmp_path / "parts", **changes)
    np.testing.assert_array_equal(weights(models_after), weights(models))
    pd.testing.assert_frame_equal(predictions_after, predictions)
    pd.testing.assert_frame_equal(
        history_after.drop(columns="seconds"), history.drop(columns="seconds")
    )


def test_a_finished_training_is_not_trained_again(tmp_path):
    models, history, predictions = run(tmp_path)
    models_again, history_again, predictions_again = run(tmp_path)
    # The seconds are those of the first time.
    pd.testing.assert_frame_equal(history_again, history)
    pd.testing.assert_frame_equal(predictions_again, predictions)
    np.testing.assert_array_equal(weights(models_again), weights(models))


@pytest.mark.parametrize("other", [{"units": 4}, {"units": 3, "use_bias": False}])
def test_a_checkpoint_of_another_network_is_refused(tmp_path, other):
    def state(**arguments):
        network = keras.Sequential([keras.Input((2,)), Dense(**arguments)])
        return training_state(network, keras.optimizers.SGD())

    file = tmp_path / "checkpoint.npz"
    save(file, state(**other), Results(pd.DataFrame(), np.zeros((5, 3)), ""))
    before = state(units=3)
    kernel = np.array(before[0])
    with pytest.raises(InputError, match=f"of this network in {file}"):
        restore(file, before)
    np.testing.assert_array_equal(before[0], kernel)


def test_one_more_seed_trains_that_one_alone(tmp_path):
    _, history, _ = run(tmp_path, seeds=[3])
    _, both, _ = run(tmp_path, seeds=[3, 5])
    assert both["seed"].tolist() == [3, 3, 3, 5, 5, 5]
    pd.testing.assert_frame_equal(both[both["seed"] == 3], history)


def test_another_tau_of_a_posthoc_method_costs_no_training(tmp_path, monkeypatch):
    _, history, predictions = run(tmp_path)
    changed = {"posthoc_logit_adjusted": PosthocLogitAdjusted(tau=0.5)}
    monkeypatch.setattr(test_modeling, "METHODS", METHODS.model_copy(update=changed))
    _, again, predictions_again = run(tmp_path)
    pd.testing.assert_frame_equal(predictions_again, predictions)
    assert (again["seconds"] == history["seconds"]).all()
    logits = predictions.filter(like="logit_").to_numpy()
    adjusted = adjust_logits(logits, COUNTS, tau=0.5)
    expected = [np.nan, np.nan, accuracy(adjusted, TEST.labels)]
    np.testing.assert_array_equal(
        again["posthoc_logit_adjusted_test_accuracy"], expected
    )


def test_another_tau_before_the_first_measurement_changes_nothing_yet(
    tmp_path, interrupt, monkeypatch
):
    _, history, _ = run(tmp_path / "whole", evaluate_every=3)
    patch = interrupt(2)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", evaluate_every=3)
    patch.undo()
    changed = {"posthoc_logit_adjusted": PosthocLogitAdjusted(tau=0.5)}
    monkeypatch.setattr(test_modeling, "METHODS", METHODS.model_copy(update=changed))
    _, after, predictions = run(tmp_path / "parts", evaluate_every=3)
    assert after["train_loss"].tolist() == history["train_loss"].tolist()
    logits = predictions.filter(like="logit_").to_numpy()
    adjusted = adjust_logits(logits, COUNTS, tau=0.5)
    expected = [np.nan, np.nan, accuracy(adjusted, TEST.labels)]
    np.testing.assert_array_equal(
        after["posthoc_logit_adjusted_test_accuracy"], expected
    )


def test_another_recipe_starts_anew(tmp_path):
    _, history, _ = run(tmp_path)
    _, other, _ = run(tmp_path, momentum=0.8)
    assert (history["train_loss"] != other["train_loss"]).all()


def test_whatever_a_training_follows_from_is_in_its_fingerprint():
    recipe = Training.model_validate(RECIPE)
    other_recipe = Training.model_validate(RECIPE | {"l2": 0.5})
    other_images = ImageSet(TRAIN.images + 1, TRAIN.labels, ("a", "b", "c"), "noise")
    erm, adjusted = ERM().margins(COUNTS), LogitAdjusted().margins(COUNTS)
    vs = VectorScaling(tau=0.0).margins(COUNTS)
    setups = [
        setup_of(recipe, TRAIN, TRAIN),
        setup_of(other_recipe, TRAIN, TRAIN),
        setup_of(recipe, other_images, TRAIN),
        setup_of(recipe, TRAIN, other_images),
    ]
    marks = [
        *(fingerprint(setup, erm, np.ones(3)) for setup in setups),
        *(fingerprint(setups[0], margins, np.ones(3)) for margins in (adjusted, vs)),
        fingerprint(setups[0], erm, np.arange(3.0)),
    ]
    assert len(set(marks)) == 7
    more_seeds = Training.model_validate(RECIPE | {"seeds": [1, 2]})
    assert setup_of(more_seeds, TRAIN, TRAIN) == setups[0]
