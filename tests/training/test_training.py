"""What a training returns, and what it depends on."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import pytest
from tiny import (
    AS_THEY_COME,
    TEST,
    TRAIN,
    logits_of,
    make_task,
    measured,
    run,
    weights,
)

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import accuracy, adjust_logits
from logit_adjustment_kedro.longtail.methods import TRAINED, Adaptive
from logit_adjustment_kedro.runs import Part, Run, View
from logit_adjustment_kedro.training import callbacks, train
from logit_adjustment_kedro.training.feeding import OnDevice, ShuffledBatches
from logit_adjustment_kedro.training.trainee import trainee_of

LEFTOVER = "events.out.tfevents.1.of-another-training"


@dataclass(frozen=True)
class Noted:
    """A training, with what was noted meanwhile.

    Attributes:
        run: what came out.
        folder: where its checkpoint and curves lie.
        orders: the rows of each batch that was made.
        states: that of the generator of the augmentation, as each epoch began.
    """

    run: Run
    folder: Path
    orders: list[tuple[int, ...]]
    states: list[tuple[int, ...]]


def noted(folder: Path, seed: int) -> Noted:
    orders, states = [], []
    batch, begin = OnDevice.batch, callbacks.SeedEpoch.on_epoch_begin

    def note_order(self, rows):
        orders.append(tuple(rows))
        return batch(self, rows)

    def note_state(self, epoch, logs=None):
        begin(self, epoch, logs)
        network = self.model.get_layer("convnet")
        state = network.get_layer("augmentation").seed_generator.state
        states.append(tuple(keras.ops.convert_to_numpy(state).tolist()))

    (folder / "curves").mkdir(parents=True)
    (folder / "curves" / LEFTOVER).write_bytes(b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OnDevice, "batch", note_order)
        patch.setattr(callbacks.SeedEpoch, "on_epoch_begin", note_state)
        return Noted(run(folder, seed=seed), folder, orders, states)


# A training takes seconds, whatever is trained: tests that only look at one share it.
@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Noted:
    """ERM, seed 3."""
    return noted(tmp_path_factory.mktemp("trained"), seed=3)


@pytest.fixture(scope="module")
def again(tmp_path_factory) -> Noted:
    """The same, elsewhere."""
    return noted(tmp_path_factory.mktemp("again"), seed=3)


@pytest.fixture(scope="module")
def other(tmp_path_factory) -> Noted:
    """The same but its seed, 4."""
    return noted(tmp_path_factory.mktemp("other"), seed=4)


@pytest.fixture(scope="module")
def five_epochs(tmp_path_factory) -> Run:
    """A method that can defer weights, and does not."""
    folder = tmp_path_factory.mktemp("five_epochs")
    return run(folder, Adaptive(), epochs=5, **AS_THEY_COME)


def test_a_run_tells_what_was_asked_and_what_came_out(trained):
    done = trained.run
    assert (done.setup, done.seed) == (make_task().setup, 3)
    columns = ["epoch", "learning_rate", "train_loss", "train_accuracy", "seconds"]
    assert done.epochs.columns.tolist() == columns
    assert done.epochs["epoch"].tolist() == [1, 2, 3]
    assert (done.epochs["seconds"] > 0).all()
    columns = ["epoch", "method", "tau", "view", "accuracy"]
    assert done.accuracies.columns.tolist() == columns
    assert done.accuracies["method"].tolist() == ["erm", "posthoc_logit_adjusted"] * 3
    assert done.accuracies["tau"].fillna(-1).tolist() == [-1, 2] * 3
    assert set(done.made_with) >= {"keras", "tensorflow", "device", "threads"}


def test_accuracies_logits_and_network_tell_the_same(trained):
    done = trained.run
    logits = logits_of(done)
    assert measured(done, "erm")[-1] == accuracy(logits, TEST.labels)
    adjusted = adjust_logits(logits, [20, 8, 2], tau=2.0)
    assert measured(done, "posthoc_logit_adjusted")[-1] == accuracy(
        adjusted, TEST.labels
    )
    np.testing.assert_allclose(
        done.network().predict_on_batch(TEST.images), logits, rtol=1e-4, atol=1e-5
    )
    np.testing.assert_array_equal(done.labels[Part.TEST], TEST.labels)


def test_both_views_are_always_there_and_the_mirrored_one_is_the_mean(trained):
    done = trained.run
    mirror_images = np.flip(TEST.images, axis=2)
    mirrored = done.network().predict_on_batch(mirror_images)
    np.testing.assert_allclose(
        logits_of(done, View.MIRRORED),
        (logits_of(done) + mirrored) / 2,
        rtol=1e-4,
        atol=1e-5,
    )


def test_the_learning_rate_of_an_epoch_is_that_of_its_last_step(trained):
    # Three steps an epoch: the last is at a third before the next epoch.
    expected = [0.05 * (2 / 3) / 1.5, 0.05, 0.005]
    rates = trained.run.epochs["learning_rate"]
    np.testing.assert_allclose(rates, expected, rtol=1e-5)


def test_the_same_seed_gives_the_same_and_another_does_not(trained, again, other):
    np.testing.assert_array_equal(logits_of(trained.run), logits_of(again.run))
    assert not np.allclose(logits_of(trained.run), logits_of(other.run))


def test_methods_of_one_seed_start_alike_and_differ_by_their_loss():
    alike = [name for name, method in TRAINED.items() if not method().recipe_changes()]
    tasks = {name: make_task(name) for name in alike}
    trainees = {name: trainee_of(of, of.split(3), 3) for name, of in tasks.items()}
    first, *others = (trainee.network.get_weights() for trainee in trainees.values())
    for other in others:
        for value, expected in zip(other, first, strict=True):
            np.testing.assert_array_equal(value, expected)
    logits = trainees["erm"].network.predict_on_batch(TRAIN.images)
    losses = {
        name: float(trainee.trainer.compute_loss(y=TRAIN.labels, y_pred=logits))
        for name, trainee in trainees.items()
    }
    assert abs(losses["erm"] - losses["logit_adjusted"]) > 0.01


def test_each_epoch_has_an_order_of_its_own_that_follows_from_seed_and_epoch(
    trained, other
):
    for seed, training in ((3, trained), (4, other)):
        for epoch in range(3):
            order = np.random.default_rng([seed, epoch]).permutation(30)
            for step in range(3):
                assert tuple(order[8 * step : 8 * step + 8]) in training.orders


def test_augmentation_follows_from_seed_and_epoch(trained, again, other):
    assert len({*trained.states, *other.states}) == 6
    assert again.states == trained.states


class RowNumbers:
    """Feeds row numbers."""

    def batch(self, rows):
        return rows


def batches_of(weight, deferred_from):
    return ShuffledBatches(RowNumbers(), TRAIN.labels, 8, 0, weight, deferred_from)


def test_images_of_an_epoch_are_seen_once_and_the_partial_batch_not_at_all():
    batches = batches_of(np.ones(3), 0)
    assert len(batches) == 3
    seen = [row for step in range(3) for row in batches[step][0]]
    assert len(set(seen)) == 24


def test_deferred_weights_hold_from_their_epoch_on():
    weight = np.array([0.5, 1.0, 4.0])
    batches = batches_of(weight, 2)
    for epoch, expected in ((0, np.ones(3)), (1, np.ones(3)), (2, weight)):
        batches.set_epoch(epoch)
        rows, labels, weights = batches[0]
        np.testing.assert_array_equal(labels, TRAIN.labels[rows])
        # A weighted mean, whichever labels are in the batch: Cao et al., 2019.
        of_labels = expected[labels] / expected[labels].mean()
        np.testing.assert_allclose(weights, of_labels, rtol=1e-6)


def test_a_step_is_traced_once(tmp_path, monkeypatch):
    traced, step = [], keras.Model.train_step

    def note(model, *data):
        traced.append(model)
        return step(model, *data)

    monkeypatch.setattr(keras.Model, "train_step", note)
    run(tmp_path, epochs=2, **AS_THEY_COME)
    assert len(traced) == 1


def test_deferred_reweighting_changes_the_last_fifth_of_a_training(
    tmp_path, five_epochs
):
    deferred = run(tmp_path, Adaptive(deferred=True), epochs=5, **AS_THEY_COME)
    same = five_epochs.epochs["train_loss"] == deferred.epochs["train_loss"]
    assert same.tolist() == [True] * 4 + [False]


def test_last_layer_and_costs_are_those_of_the_network(trained):
    done = trained.run
    kernel, bias = done.network().get_layer("logits").get_weights()
    assert done.last_layer.class_counts.tolist() == [20, 8, 2]
    np.testing.assert_allclose(
        done.last_layer.weight_norm, np.sqrt((kernel**2).sum(axis=0)), rtol=1e-6
    )
    np.testing.assert_allclose(done.last_layer.bias, bias)
    # Three epochs of three batches of eight.
    assert done.samples_seen == 72
    frozen = sum(w.numpy().size for w in done.network().non_trainable_weights)
    assert done.weights == done.network().count_params() - frozen


def test_what_is_held_out_is_measured_and_not_trained_on(tmp_path):
    done = run(tmp_path, held_out=0.25, **AS_THEY_COME)
    assert done.last_layer.class_counts.tolist() == [15, 6, 1]
    assert np.bincount(done.labels[Part.HELD_OUT]).tolist() == [5, 2, 1]
    assert {part for part, _ in done.logits} == {Part.HELD_OUT}
    last = measured(done, "erm")[-1]
    logits = done.logits[Part.HELD_OUT, View.PLAIN]
    assert last == accuracy(logits, done.labels[Part.HELD_OUT])


def test_a_training_that_diverges_stops_with_epoch_and_rate(tmp_path):
    rate = {"base": 1e30, "warmup": 0, "drops": {}, "for_epochs": 3}
    with pytest.raises(InputError, match=r"erm, seed 3: .*nan.* epoch 1, .*1e\+30"):
        run(tmp_path, learning_rate=rate, evaluate_every=3, **AS_THEY_COME)


def test_a_network_that_diverged_in_its_last_step_is_not_a_result(tmp_path):
    rate = {"base": 1e38, "warmup": 0, "for_epochs": 1}
    with pytest.raises(
        InputError, match="erm, seed 3: logits became infinite or NaN in epoch 1"
    ):
        changes = {"epochs": 1, "batch_size": 30} | AS_THEY_COME
        run(tmp_path, learning_rate=rate, **changes)


def test_a_batch_larger_than_the_training_set_is_refused(tmp_path):
    with pytest.raises(InputError, match="batch_size=31 .* Received: 30"):
        run(tmp_path, batch_size=31)


def test_curves_for_tensorboard_are_those_of_the_last_training(trained):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    done = trained.run
    (events,) = (trained.folder / "curves").iterdir()
    assert events.name != LEFTOVER
    curves = EventAccumulator(str(events)).Reload()
    points = curves.Scalars("test_accuracy")
    assert [point.step for point in points] == [1, 2, 3]
    np.testing.assert_allclose(
        [point.value for point in points], measured(done, "erm"), rtol=1e-6
    )
    adjusted = curves.Scalars("test_accuracy/posthoc_logit_adjusted")
    np.testing.assert_allclose(
        [point.value for point in adjusted],
        measured(done, "posthoc_logit_adjusted"),
        rtol=1e-6,
    )
    assert {"train_accuracy", "train_loss", "learning_rate"} <= set(
        curves.Tags()["scalars"]
    )


def test_the_network_that_is_kept_has_no_state_of_a_training(trained):
    network = trained.run.network()
    assert not network.compiled
    assert isinstance(network, keras.Model)


def test_the_recipe_reaches_the_network_and_the_optimiser(tmp_path, monkeypatch):
    compiled = []
    compile_ = keras.Model.compile

    def note(model, **arguments):
        compiled.append((model, arguments["optimizer"]))
        compile_(model, **arguments)

    monkeypatch.setattr(keras.Model, "compile", note)
    run(tmp_path, l2=0.03, sgd={"momentum": 0.7}, epochs=1, **AS_THEY_COME)
    ((trainer, optimizer),) = compiled
    model = trainer.get_layer("convnet")
    assert model.get_layer("logits").kernel_regularizer.l2 == pytest.approx(0.03)
    assert (optimizer.momentum, optimizer.nesterov) == (0.7, True)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_has_single_precision_weights_and_logits(tmp_path, precision):
    done = run(tmp_path, precision=precision)
    network = done.network()
    assert {layer.dtype_policy.name for layer in network.layers} == {
        precision,
        "float32",
    }
    assert {variable.dtype for variable in network.weights} == {"float32"}
    assert network.output.dtype == "float32"
    assert logits_of(done).dtype == "float32"
    assert np.isfinite(done.epochs["train_loss"]).all()
    assert keras.config.dtype_policy().name == "float32"


def test_only_some_epochs_are_measured_and_always_the_last(tmp_path, five_epochs):
    changes = {"epochs": 5, "evaluate_every": 2} | AS_THEY_COME
    done = run(tmp_path, Adaptive(), **changes)
    for method in ("adaptive", "posthoc_logit_adjusted"):
        rows = done.accuracies[done.accuracies["method"] == method]
        assert rows["epoch"].tolist() == [2, 4, 5]
    assert measured(done, "adaptive")[-1] == accuracy(logits_of(done), TEST.labels)
    assert (five_epochs.epochs["train_loss"] == done.epochs["train_loss"]).all()


def test_a_script_trains_where_kedro_cannot_be_imported(tmp_path):
    """The engine's own door."""
    trap = tmp_path / "kedro" / "__init__.py"
    trap.parent.mkdir()
    trap.write_text("raise AssertionError('kedro was imported')")
    code = (
        "from tiny import make_task\n"
        "from logit_adjustment_kedro.training import train\n"
        "run = train(make_task(epochs=1, augmentation={}), seed=0)\n"
        "print(sorted(run.logits))"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "TEST" in done.stdout


def test_without_folders_a_training_writes_nothing_and_ends_the_same(
    tmp_path, monkeypatch, trained
):
    monkeypatch.chdir(tmp_path)
    free = train(make_task(), seed=3)
    assert not list(tmp_path.iterdir())
    np.testing.assert_array_equal(weights(free), weights(trained.run))


def test_a_training_that_never_sees_the_test_set_does_not_depend_on_it():
    other = replace(TEST, labels=TEST.labels[::-1].copy())
    one, two = (
        replace(make_task(held_out=0.25), test_set=test_set, validation_set=TEST)
        for test_set in (TEST, other)
    )
    assert one.setup == two.setup
    assert (one.setup.test_set, one.setup.validation_set) == (None, None)


def test_a_validation_set_is_read_out_at_the_end_and_changes_no_weight(tmp_path):
    aside = TEST.take(np.array([0, 7, 17]))
    plain = train(make_task(**AS_THEY_COME), 3)
    done = train(replace(make_task(**AS_THEY_COME), validation_set=aside), 3)
    np.testing.assert_array_equal(weights(done), weights(plain))
    np.testing.assert_array_equal(done.labels[Part.VALIDATION], [0, 1, 2])
    for view in View:
        np.testing.assert_allclose(
            done.logits[Part.VALIDATION, view],
            done.logits[Part.TEST, view][[0, 7, 17]],
            rtol=1e-5,
        )
    nobody = replace(make_task(), validation_set=TEST.take(np.array([], int)))
    assert nobody.setup == make_task().setup != replace(nobody, validation_set=TEST)


def test_a_validation_set_of_other_classes_is_refused():
    with pytest.raises(InputError, match="the classes of the training set"):
        renamed = replace(TEST, class_names=("a", "b", "z"))
        replace(make_task(), validation_set=renamed)


def test_images_too_small_for_the_recipe_are_refused_before_a_step():
    with pytest.raises(InputError, match="shift to move images by less than their"):
        train(make_task(augmentation={"shift": {"pixels": 4}}), 0)
    with pytest.raises(InputError, match="larger images for network=whitened"):
        train(make_task(network="whitened", **AS_THEY_COME), 0)
