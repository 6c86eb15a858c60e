"""A training that was interrupted, and one that was not, are the same."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from keras.layers import Dense
from tiny import TEST, logits_of, measured, run, weights

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import accuracy, adjust_logits
from logit_adjustment_kedro.longtail.methods import PosthocLogitAdjusted
from logit_adjustment_kedro.runs import Run
from logit_adjustment_kedro.training import callbacks
from logit_adjustment_kedro.training.checkpoint import Checkpoint, training_state
from logit_adjustment_kedro.training.diary import Diary

CHANGES = {
    "plain": {},
    "augmented": {
        "precision": "mixed_float16",
        "augmentation": {"mirror": {}, "zoom": {"factor": 1.2}, "colour": {}},
    },
    "adamw, measured seldom": {"optimizer": "adamw", "evaluate_every": 2},
}
CHECKPOINT = "seed_3.npz"


@dataclass(frozen=True)
class Whole:
    """A training that nothing interrupted, and the folder of its checkpoint."""

    run: Run
    folder: Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Callable[[str], Whole]:
    """Returns a function from a name of `CHANGES` to its training, for reading only."""

    @cache
    def train(name: str) -> Whole:
        folder = tmp_path_factory.mktemp("whole")
        return Whole(run(folder, **CHANGES[name]), folder)

    return train


@dataclass
class Interruption:
    """What makes trainings end.

    Attributes:
        at: the epoch at whose start; None lets them be.
        trained: the epochs, from 0, that were begun and not ended by it.
    """

    at: int | None = None
    trained: list[int] = field(default_factory=list)

    def of(self, folder: Path, at: int, **changes) -> None:
        """Trains until then."""
        self.at = at
        with pytest.raises(KeyboardInterrupt):
            run(folder, **changes)
        self.at = None


@pytest.fixture
def interruption(monkeypatch) -> Interruption:
    interruption, begin = Interruption(), callbacks.EpochLog.on_epoch_begin

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == interruption.at:
            raise KeyboardInterrupt
        interruption.trained.append(epoch)
        begin(self, epoch, logs)

    monkeypatch.setattr(callbacks.EpochLog, "on_epoch_begin", on_epoch_begin)
    return interruption


def assert_same(one: Run, two: Run) -> None:
    np.testing.assert_array_equal(weights(one), weights(two))
    np.testing.assert_array_equal(logits_of(one), logits_of(two))
    pd.testing.assert_frame_equal(one.accuracies, two.accuracies, check_exact=True)
    pd.testing.assert_frame_equal(
        one.epochs.drop(columns="seconds"),
        two.epochs.drop(columns="seconds"),
        check_exact=True,
    )


@pytest.mark.parametrize(
    ("name", "interrupted"),
    [("plain", (0, 1, 2)), *((name, (1,)) for name in CHANGES if name != "plain")],
)
def test_a_training_interrupted_at_an_epoch_ends_as_one_that_was_not(
    tmp_path, whole, interruption, name, interrupted
):
    expected = whole(name).run
    interruption.trained.clear()
    for at in interrupted:
        interruption.of(tmp_path, at, **CHANGES[name])
    assert_same(run(tmp_path, **CHANGES[name]), expected)
    assert interruption.trained == [0, 1, 2]  # none of them twice


def test_a_last_layer_interrupted_at_an_epoch_ends_as_one_that_was_not(
    tmp_path, whole, interruption
):
    changes = {"method": "crt", "start": whole("plain").run, "read_outs": ()}
    expected = run(tmp_path / "whole", **changes)
    interruption.trained.clear()
    for at in (0, 4):
        interruption.of(tmp_path / "again", at, **changes)
    assert_same(run(tmp_path / "again", **changes), expected)
    assert interruption.trained == list(range(10))


def test_a_training_that_ended_before_it_was_stored_is_not_trained_again(
    tmp_path, whole, interruption
):
    first = whole("plain")
    interruption.trained.clear()
    shutil.copy(first.folder / CHECKPOINT, tmp_path)
    again = run(tmp_path)
    assert_same(first.run, again)
    assert not interruption.trained
    # The seconds are those of the first time.
    pd.testing.assert_frame_equal(again.epochs, first.run.epochs)


@pytest.mark.parametrize("other", [{"units": 4}, {"units": 3, "use_bias": False}])
def test_a_checkpoint_of_another_network_is_refused(tmp_path, other):
    checkpoint_of(tmp_path, **other).save(Diary())
    mine = checkpoint_of(tmp_path, units=3)
    kernel = mine.state[0].numpy().copy()
    with pytest.raises(InputError, match=f"of this network in {mine.file}"):
        mine.restore()
    np.testing.assert_array_equal(mine.state[0], kernel)


def checkpoint_of(folder: Path, **arguments) -> Checkpoint:
    """The checkpoint of a network of one layer."""
    network = keras.Sequential([keras.Input((2,)), Dense(**arguments)])
    state = training_state(network, keras.optimizers.SGD())
    return Checkpoint(folder / CHECKPOINT, "erm, seed 3", state)


def assert_set_aside(folder: Path, caplog) -> None:
    (told,) = [r.message for r in caplog.records if r.levelname == "WARNING"]
    assert f"{CHECKPOINT} is a damaged checkpoint" in told
    assert "\n" not in told
    assert (folder / f"{CHECKPOINT}.damaged").exists()


@pytest.mark.parametrize("left", [0, 1, 100, -100])
def test_a_damaged_checkpoint_is_set_aside_and_changes_nothing(
    tmp_path, whole, caplog, left
):
    content = (whole("plain").folder / CHECKPOINT).read_bytes()
    caplog.clear()
    mine = checkpoint_of(tmp_path, units=3)
    mine.file.write_bytes(content[:left])
    before = [variable.numpy().copy() for variable in mine.state]
    diary = mine.restore()
    assert not diary.epochs and not diary.accuracies
    for value, variable in zip(before, mine.state, strict=True):
        np.testing.assert_array_equal(variable, value)
    assert not mine.file.exists()
    assert_set_aside(tmp_path, caplog)


def test_a_training_whose_checkpoint_is_damaged_starts_anew(tmp_path, whole, caplog):
    first = whole("plain")
    caplog.clear()
    content = (first.folder / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(content[:-100])
    assert_same(run(tmp_path), first.run)
    assert_set_aside(tmp_path, caplog)


def test_another_tau_of_a_posthoc_method_goes_on_with_the_same_training(
    tmp_path, whole, interruption
):
    interruption.of(tmp_path, at=1)
    half = (PosthocLogitAdjusted(tau=0.5),)
    after = run(tmp_path, read_outs=half)
    np.testing.assert_array_equal(weights(after), weights(whole("plain").run))
    rows = after.accuracies[after.accuracies["method"] == "posthoc_logit_adjusted"]
    assert rows["tau"].tolist() == [2.0, 0.5, 0.5]
    adjusted = adjust_logits(logits_of(after), [20, 8, 2], tau=0.5)
    last = measured(after, "posthoc_logit_adjusted")[-1]
    assert last == accuracy(adjusted, TEST.labels)


def test_a_checkpoint_of_another_seed_is_not_gone_on_from(tmp_path):
    run(tmp_path, seed=3, epochs=1)
    (tmp_path / "seed_3.npz").rename(tmp_path / "seed_4.npz")
    with pytest.raises(InputError, match="seed 4 in .*Received: that of .*seed 3"):
        run(tmp_path, seed=4, epochs=1)
