"""A training that was interrupted, and one that was not, are the same."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras.layers import Dense
from tiny import TEST, logits_of, measured, run, weights

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import accuracy, adjust_logits
from logit_adjustment_kedro.longtail.methods import PosthocLogitAdjusted
from logit_adjustment_kedro.training import callbacks
from logit_adjustment_kedro.training.checkpoint import Checkpoint
from logit_adjustment_kedro.training.diary import Diary

AUGMENTED = {
    "precision": "mixed_float16",
    "augmentation": {"mirror": {}, "zoom": {"factor": 1.2}, "colour": {}},
}


@pytest.fixture
def interrupt(monkeypatch):
    """Returns a function that makes trainings end at the start of an epoch."""

    def at(stop):
        begin = callbacks.EpochLog.on_epoch_begin

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == stop:
                raise KeyboardInterrupt
            begin(self, epoch, logs)

        monkeypatch.setattr(callbacks.EpochLog, "on_epoch_begin", on_epoch_begin)
        return monkeypatch

    return at


def assert_same(one, two):
    np.testing.assert_array_equal(weights(one), weights(two))
    np.testing.assert_array_equal(logits_of(one), logits_of(two))
    pd.testing.assert_frame_equal(one.accuracies, two.accuracies, check_exact=True)
    pd.testing.assert_frame_equal(
        one.epochs.drop(columns="seconds"),
        two.epochs.drop(columns="seconds"),
        check_exact=True,
    )


@pytest.mark.parametrize("stop", [0, 1, 2])
@pytest.mark.parametrize(
    "changes",
    [{}, AUGMENTED, {"evaluate_every": 2}, {"optimizer": "adamw"}],
    ids=["plain", "augmented", "measured seldom", "adamw"],
)
def test_an_interrupted_training_goes_on_and_ends_the_same(
    tmp_path, interrupt, stop, changes
):
    whole = run(tmp_path / "whole", **changes)
    patch = interrupt(stop)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", **changes)
    patch.undo()
    assert_same(run(tmp_path / "parts", **changes), whole)


def test_a_training_that_ended_before_it_was_stored_is_not_trained_again(tmp_path):
    first, again = run(tmp_path), run(tmp_path)
    assert_same(first, again)
    # The seconds are those of the first time.
    pd.testing.assert_frame_equal(again.epochs, first.epochs)


@pytest.mark.parametrize("other", [{"units": 4}, {"units": 3, "use_bias": False}])
def test_a_checkpoint_of_another_network_is_refused(tmp_path, other):
    def checkpoint(**arguments):
        network = keras.Sequential([keras.Input((2,)), Dense(**arguments)])
        return Checkpoint.of(tmp_path / "file.npz", network, keras.optimizers.SGD())

    checkpoint(**other).save(Diary())
    mine = checkpoint(units=3)
    kernel = np.array(mine.state[0])
    with pytest.raises(InputError, match=f"of this network in {mine.file}"):
        mine.restore()
    np.testing.assert_array_equal(mine.state[0], kernel)


@pytest.mark.parametrize("left", [0, 1, 100, -100])
def test_a_damaged_checkpoint_is_set_aside_and_the_training_starts_anew(
    tmp_path, caplog, left
):
    whole = run(tmp_path)
    file = tmp_path / "seed_3.npz"
    file.write_bytes(file.read_bytes()[:left])
    assert_same(run(tmp_path), whole)
    (told,) = [r.message for r in caplog.records if r.levelname == "WARNING"]
    assert "seed_3.npz is a damaged checkpoint" in told
    assert "\n" not in told
    assert (tmp_path / "seed_3.npz.damaged").exists()


def test_another_tau_of_a_posthoc_method_goes_on_with_the_same_training(
    tmp_path, interrupt
):
    whole = run(tmp_path / "whole")
    patch = interrupt(1)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts")
    patch.undo()
    half = (PosthocLogitAdjusted(tau=0.5),)
    after = run(tmp_path / "parts", read_outs=half)
    np.testing.assert_array_equal(weights(after), weights(whole))
    rows = after.accuracies[after.accuracies["method"] == "posthoc_logit_adjusted"]
    assert rows["tau"].tolist() == [2.0, 0.5, 0.5]
    adjusted = adjust_logits(logits_of(after), [20, 8, 2], tau=0.5)
    last = measured(after, "posthoc_logit_adjusted")[-1]
    assert last == accuracy(adjusted, TEST.labels)
