import sys

import keras
import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.datasets import ImageSet
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import accuracy, adjust_logits
from logit_adjustment_kedro.longtail.methods import METHODS as REGISTRY
from logit_adjustment_kedro.longtail.methods import TABLE_1, TRAINED, Adaptive
from logit_adjustment_kedro.pipelines.modeling import callbacks, create_pipeline
from logit_adjustment_kedro.pipelines.modeling.batches import ShuffledBatches
from logit_adjustment_kedro.pipelines.modeling.held_out import hold_out
from logit_adjustment_kedro.pipelines.modeling.nodes import (
    adjusting_node,
    held_out_node,
    training_node,
)
from logit_adjustment_kedro.pipelines.modeling.params import HeldOut, Methods, Training
from logit_adjustment_kedro.pipelines.modeling.tables import predictions_table

RECIPE = {
    "network": "convnet",
    "epochs": 3,
    "batch_size": 8,
    "learning_rate": {"base": 0.05, "warmup": 1.5, "drops": {2: 0.1}, "for_epochs": 3},
    "momentum": 0.9,
    "l2": 1e-4,
    "crop_padding": 1,
    "flip": True,
    "zoom": 1,
    "colour_jitter": False,
    "precision": "float32",
    "evaluate_every": 1,
    "mirrored_view": False,
    "seeds": [3],
}
METHODS = Methods.model_validate(
    dict.fromkeys(REGISTRY, {}) | {"posthoc_logit_adjusted": {"tau": 2.0}}
)


def image_set(*counts):
    """Noise, brighter by class; each image differs from all others."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(counts)), counts)
    images = random.integers(0, 100, (len(labels), 4, 4, 1)) + 60 * labels.reshape(
        -1, 1, 1, 1
    )
    return ImageSet(images.astype("uint8"), labels, ("a", "b", "c"), origin="noise")


TRAIN, TEST = image_set(20, 8, 2), image_set(6, 6, 6)


def run(folder, method="erm", **changes):
    """Trains a method; returns models, history and predictions."""
    recipe = Training.model_validate(RECIPE | changes)
    node = training_node(method)
    outputs = node(TRAIN, TEST, recipe, METHODS, folder, folder / "checkpoints")
    return outputs[:3]


def logits_of(predictions, seed):
    of_seed = predictions[predictions["seed"] == seed]
    return of_seed.filter(like="logit_").to_numpy()


def test_pipeline_has_a_node_for_each_method():
    names = {node.name for node in create_pipeline(TABLE_1).nodes}
    assert names == {
        "erm.train",
        "posthoc_logit_adjusted.adjust",
        "logit_adjusted.train",
    }


def test_kedro_checks_the_parameters_of_every_node():
    from kedro.validation import TypeExtractor

    types = TypeExtractor({"modeling": create_pipeline(TABLE_1)})
    assert types.extract_types_from_pipelines() == {
        "training": Training,
        "methods": Methods,
    }


def test_history_and_predictions_tell_the_same(tmp_path):
    models, history, predictions = run(tmp_path, seeds=[3, 1])
    assert history.columns.tolist() == [
        "seed",
        "epoch",
        "learning_rate",
        "train_loss",
        "train_accuracy",
        "test_accuracy",
        "weight_normalised_test_accuracy",
        "posthoc_logit_adjusted_test_accuracy",
        "seconds",
    ]
    assert history["seed"].tolist() == [3, 3, 3, 1, 1, 1]
    assert history["epoch"].tolist() == [1, 2, 3, 1, 2, 3]
    assert (history["seconds"] > 0).all()
    for seed, model in models.items():
        last = history[(history["seed"] == seed) & (history["epoch"] == 3)].iloc[0]
        logits = logits_of(predictions, seed)
        assert last["test_accuracy"] == accuracy(logits, TEST.labels)
        adjusted = adjust_logits(logits, [20, 8, 2], tau=2.0)
        assert last["posthoc_logit_adjusted_test_accuracy"] == accuracy(
            adjusted, TEST.labels
        )
        np.testing.assert_allclose(
            model.predict_on_batch(TEST.images), logits, rtol=1e-4, atol=1e-5
        )


def test_learning_rate_in_the_history_is_that_of_the_last_step(tmp_path):
    _, history, _ = run(tmp_path)
    # Three steps an epoch: the last is at a third before the next epoch.
    expected = [0.05 * (2 / 3) / 1.5, 0.05, 0.005]
    np.testing.assert_allclose(history["learning_rate"], expected, rtol=1e-5)


def test_only_erm_is_read_out_post_hoc(tmp_path):
    _, history, _ = run(tmp_path, "logit_adjusted")
    assert "posthoc_logit_adjusted_test_accuracy" not in history


def test_the_same_seed_gives_the_same_and_another_does_not(tmp_path):
    _, history, predictions = run(tmp_path / "first", seeds=[3, 4])
    _, again, predictions_again = run(tmp_path / "again", seeds=[4, 3])
    for seed in (3, 4):
        np.testing.assert_array_equal(
            logits_of(predictions, seed), logits_of(predictions_again, seed)
        )
    assert not np.allclose(logits_of(predictions, 3), logits_of(predictions, 4))
    assert history["train_loss"].nunique() == len(history) == len(again)


def test_methods_of_one_seed_start_alike_and_differ_by_their_loss(tmp_path):
    changes = {"learning_rate": RECIPE["learning_rate"] | {"base": 1e-9}}
    weights = [
        run(tmp_path, method, **changes)[0][3].get_layer("logits").get_weights()[0]
        for method in TRAINED
    ]
    np.testing.assert_allclose(weights[0], weights[1], atol=1e-6)
    _, history, _ = run(tmp_path, "erm")
    _, adjusted_history, _ = run(tmp_path, "logit_adjusted")
    assert (history["train_loss"] != adjusted_history["train_loss"]).all()


def test_each_epoch_has_an_order_of_its_own_that_follows_from_seed_and_epoch(
    tmp_path, monkeypatch
):
    seen = []
    take = ShuffledBatches.__getitem__

    def note(self, step):
        rows, labels, weights = take(self, step)
        seen.append((step, rows))
        np.testing.assert_array_equal(labels, TRAIN.labels[rows])
        return rows, labels, weights

    monkeypatch.setattr(ShuffledBatches, "__getitem__", note)
    run(tmp_path)
    epochs = [[rows for step, rows in seen[-9:] if step == first] for first in range(3)]
    for epoch in range(3):
        order = np.random.default_rng([3, epoch]).permutation(30)
        for step in range(3):
            rows = order[8 * step : 8 * step + 8]
            np.testing.assert_array_equal(epochs[step][epoch], rows)


def test_images_of_an_epoch_are_seen_once_and_the_partial_batch_not_at_all():
    batches = ShuffledBatches(TRAIN.labels, 8, 0, np.ones(3), deferred_from=0)
    assert len(batches) == 3
    seen = [row for step in range(3) for row in batches[step][0]]
    assert len(set(seen)) == 24


def test_deferred_weights_hold_from_their_epoch_on():
    weight = np.array([0.5, 1.0, 4.0])
    batches = ShuffledBatches(TRAIN.labels, 8, 0, weight, deferred_from=2)
    for epoch, expected in ((0, np.ones(3)), (1, np.ones(3)), (2, weight)):
        batches.set_epoch(epoch)
        _, labels, weights = batches[0]
        np.testing.assert_array_equal(weights, expected[labels])


def test_deferred_reweighting_changes_the_last_fifth_of_a_training(
    tmp_path, monkeypatch
):
    _, history, _ = run(tmp_path, "adaptive", epochs=5)
    deferred = METHODS.model_copy(update={"adaptive": Adaptive(deferred=True)})
    monkeypatch.setattr(sys.modules[__name__], "METHODS", deferred)
    _, other, _ = run(tmp_path, "adaptive", epochs=5)
    same = history["train_loss"] == other["train_loss"]
    assert same.tolist() == [True] * 4 + [False]


def test_classifier_and_costs_are_those_of_the_network(tmp_path):
    recipe = Training.model_validate(RECIPE | {"seeds": [3, 5]})
    outputs = training_node("erm")(TRAIN, TEST, recipe, METHODS, tmp_path, tmp_path)
    models, _, _, classifier, trainings = outputs
    kernel, bias = models[5].get_layer("logits").get_weights()
    of_seed = classifier[classifier["seed"] == 5]
    assert of_seed["count"].tolist() == [20, 8, 2]
    np.testing.assert_allclose(
        of_seed["weight_norm"], np.sqrt((kernel**2).sum(axis=0)), rtol=1e-6
    )
    np.testing.assert_allclose(of_seed["bias"], bias)
    # Three epochs of three batches of eight.
    assert trainings["samples_seen"].tolist() == [72, 72]
    assert (
        trainings["weights"].tolist()
        == [models[3].count_params() - non_trainable(models[3])] * 2
    )


def non_trainable(model):
    return sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)


def test_every_class_that_can_is_held_out_and_left():
    images = image_set(20, 8, 1)
    rest, held = hold_out(images, 0.2, seed=0)
    assert held.class_counts().tolist() == [4, 2, 0]
    assert rest.class_counts().tolist() == [16, 6, 1]
    together = np.concatenate([rest.images, held.images])
    assert len(np.unique(together.reshape(29, -1), axis=0)) == 29
    assert hold_out(image_set(20, 8, 2), 0.01, 0)[1].class_counts().tolist() == [1] * 3


def test_each_seed_holds_out_images_of_its_own():
    first, again, other = (hold_out(TRAIN, 0.2, seed)[1] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.images, again.images)
    assert not np.array_equal(first.images, other.images)


def test_what_is_held_out_is_predicted_and_not_trained_on(tmp_path):
    recipe = Training.model_validate(RECIPE)
    node = held_out_node("erm")
    fraction = HeldOut(fraction=0.25)
    predictions, classifier = node(TRAIN, recipe, METHODS, fraction, tmp_path, tmp_path)
    assert classifier["count"].tolist() == [15, 6, 1]
    assert predictions["label"].value_counts().sort_index().tolist() == [5, 2, 1]


def test_nothing_held_out_costs_no_training(tmp_path):
    recipe = Training.model_validate(RECIPE)
    none = HeldOut(fraction=0.0)
    predictions, classifier = held_out_node("erm")(
        TRAIN, recipe, METHODS, none, tmp_path, tmp_path
    )
    assert predictions.empty and classifier.empty
    assert {"seed", "view", "label", "logit_2"} <= set(predictions)
    assert not list(tmp_path.iterdir())


def test_a_training_that_diverges_stops_with_epoch_and_rate(tmp_path):
    rate = {"base": 1e30, "warmup": 0, "drops": {}, "for_epochs": 3}
    with pytest.raises(InputError, match=r"erm, seed 3: .*nan.* epoch 1, .*1e\+30"):
        run(tmp_path, learning_rate=rate)


def test_a_batch_larger_than_the_training_set_is_refused(tmp_path):
    with pytest.raises(InputError, match="batch_size=31 .* Received: 30"):
        run(tmp_path, batch_size=31)


def test_curves_for_tensorboard_are_those_of_the_last_training(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run(tmp_path, batch_size=9)
    _, history, _ = run(tmp_path)
    (events,) = (tmp_path / "seed_3").iterdir()
    curves = EventAccumulator(str(events)).Reload()
    points = curves.Scalars("test_accuracy")
    assert [point.step for point in points] == [1, 2, 3]
    np.testing.assert_allclose(
        [point.value for point in points], history["test_accuracy"], rtol=1e-6
    )
    assert {"train_accuracy", "train_loss", "learning_rate"} <= set(
        curves.Tags()["scalars"]
    )


def test_adjusting_leaves_what_it_reads_alone():
    counts = {"seed": 0, "label": range(3), "count": [20, 8, 2]}
    classifier = pd.DataFrame(counts | {"weight_norm": 1.0, "bias": 0.0})
    logits = np.random.default_rng(0).normal(size=(18, 3)).astype("float32")
    predictions = predictions_table(0, "plain", TEST.labels, logits)
    before = predictions.copy()
    adjusted = adjusting_node("posthoc_logit_adjusted")(
        predictions, classifier, METHODS
    )
    pd.testing.assert_frame_equal(predictions, before)
    assert adjusted.columns.tolist() == [
        "seed",
        "view",
        "label",
        "logit_0",
        "logit_1",
        "logit_2",
    ]
    np.testing.assert_array_equal(
        adjusted.filter(like="logit_"), adjust_logits(logits, [20, 8, 2], tau=2.0)
    )


def test_the_model_that_is_kept_has_no_state_of_a_training(tmp_path):
    models, _, _ = run(tmp_path)
    assert not models[3].compiled
    assert isinstance(models[3], keras.Model)


def test_recipe_reaches_the_network_and_the_optimiser(tmp_path, monkeypatch):
    compiled = []
    compile_ = keras.Model.compile

    def note(model, **arguments):
        compiled.append((model, arguments["optimizer"]))
        compile_(model, **arguments)

    monkeypatch.setattr(keras.Model, "compile", note)
    run(tmp_path, crop_padding=1, flip=False, l2=0.03, momentum=0.7, epochs=1)
    ((trainer, optimizer),) = compiled
    model = trainer.get_layer("convnet")
    augmentation = model.get_layer("augmentation")
    assert (augmentation.padding, augmentation.flip) == (1, False)
    assert model.get_layer("logits").kernel_regularizer.l2 == pytest.approx(0.03)
    assert (optimizer.momentum, optimizer.nesterov) == (0.7, True)


def test_augmentation_follows_from_seed_and_epoch(tmp_path, monkeypatch):
    states = []
    begin = callbacks.SeedEpoch.on_epoch_begin

    def note(self, epoch, logs=None):
        begin(self, epoch, logs)
        network = self.model.get_layer("convnet")
        state = network.get_layer("augmentation").seed_generator.state
        states.append(tuple(keras.ops.convert_to_numpy(state).tolist()))

    monkeypatch.setattr(callbacks.SeedEpoch, "on_epoch_begin", note)
    run(tmp_path / "first", seeds=[3, 4])
    run(tmp_path / "again", seeds=[4, 3])
    assert len(set(states)) == 6
    assert states[6:] == states[3:6] + states[:3]


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_has_single_precision_weights_and_logits(tmp_path, precision):
    models, history, predictions = run(tmp_path, precision=precision)
    assert {layer.dtype_policy.name for layer in models[3].layers} == {
        precision,
        "float32",
    }
    assert {variable.dtype for variable in models[3].weights} == {"float32"}
    assert models[3].output.dtype == "float32"
    assert (predictions.filter(like="logit_").dtypes == "float32").all()
    assert np.isfinite(history["train_loss"]).all()
    assert keras.config.dtype_policy().name == "float32"


def test_only_some_epochs_are_measured_and_always_the_last(tmp_path):
    _, history, predictions = run(tmp_path, epochs=5, evaluate_every=2)
    measured = history["test_accuracy"].notna()
    assert history.loc[measured, "epoch"].tolist() == [2, 4, 5]
    posthoc = history["posthoc_logit_adjusted_test_accuracy"]
    assert (posthoc.notna() == measured).all()
    last = history["test_accuracy"].iloc[-1]
    assert last == accuracy(logits_of(predictions, 3), TEST.labels)
    _, every_epoch, _ = run(tmp_path / "often", epochs=5)
    assert (every_epoch["train_loss"] == history["train_loss"]).all()


def test_mirrored_view_is_the_mean_of_both_and_costs_no_training(tmp_path):
    _, _, plain = run(tmp_path)
    models, history, predictions = run(tmp_path, mirrored_view=True)
    _, again, _ = run(tmp_path)
    assert (again["seconds"] == history["seconds"]).all()
    views = dict(list(predictions.groupby("view")))
    pd.testing.assert_frame_equal(views["plain"].reset_index(drop=True), plain)
    mirror_images = np.flip(TEST.images, axis=2)
    mirrored = models[3].predict_on_batch(mirror_images)
    np.testing.assert_allclose(
        views["mirrored"].filter(like="logit_"),
        (logits_of(plain, 3) + mirrored) / 2,
        rtol=1e-4,
        atol=1e-5,
    )
