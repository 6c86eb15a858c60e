"""A last layer that is trained anew, on what a network makes of balanced batches."""

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from tiny import AS_THEY_COME, RECIPE, TEST, logits_of, make_task, run

from configured import recipe_of
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import FeatureSet
from logit_adjustment_kedro.longtail.methods import ERM, ClassifierRetraining
from logit_adjustment_kedro.longtail.metrics import class_accuracies, confusion_matrix
from logit_adjustment_kedro.runs import Run, RunStore, View
from logit_adjustment_kedro.training import Places, Recipe, Task, train, train_missing
from logit_adjustment_kedro.training.feeding import ShuffledBatches
from logit_adjustment_kedro.training.trainee import trainee_of


@pytest.fixture(scope="module")
def erm(tmp_path_factory) -> Run:
    return run(tmp_path_factory.mktemp("erm"))


@pytest.fixture(scope="module")
def crt(erm) -> Run:
    return train(make_task("crt"), 3, start=erm)


def representation(done: Run, images: np.ndarray) -> np.ndarray:
    """The input of the last layer, `[N, F]`."""
    network = done.network()
    features = keras.Model(network.input, network.get_layer("logits").input)
    return np.asarray(features.predict_on_batch(images), "float32")


def assert_same_but_for_the_last_layer(one: Run, other: Run) -> None:
    networks = [done.network() for done in (one, other)]
    named = [[layer.name for layer in network.layers] for network in networks]
    assert named[0] == named[1]
    *layers, last = zip(*(network.layers for network in networks), strict=True)
    for here, there in layers:
        for value, expected in zip(
            here.get_weights(), there.get_weights(), strict=True
        ):
            np.testing.assert_array_equal(value, expected)
    kernels = [layer.get_weights()[0] for layer in last]
    assert np.abs(kernels[0] - kernels[1]).max() > 0.01


def test_only_the_last_layer_is_another_than_that_of_the_start(erm, crt):
    assert_same_but_for_the_last_layer(crt, erm)
    np.testing.assert_array_equal(
        representation(crt, TEST.images), representation(erm, TEST.images)
    )


def test_logits_and_last_layer_are_those_of_the_whole_network(crt):
    kernel, bias = crt.network().get_layer("logits").get_weights()
    plain, mirrored = (
        representation(crt, images) @ kernel + bias
        for images in (TEST.images, TEST.images[:, :, ::-1])
    )
    np.testing.assert_allclose(logits_of(crt), plain, atol=1e-4)
    both = logits_of(crt, View.MIRRORED)
    np.testing.assert_allclose(both, (plain + mirrored) / 2, atol=1e-4)
    norms = np.linalg.norm(kernel, axis=0)
    np.testing.assert_allclose(crt.last_layer.weight_norm, norms, rtol=1e-5)
    np.testing.assert_allclose(crt.last_layer.bias, bias, rtol=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"head": "cosine"},
        {"precision": "mixed_float16"},
        {"network": "standardised", "optimizer": "adamw"},
    ],
    ids=str,
)
def test_whatever_the_recipe_the_new_layer_is_linear_and_single_precision(
    tmp_path, changes
):
    changes |= AS_THEY_COME
    start = run(tmp_path, **changes)
    done = train(make_task("crt", **changes), 3, start=start)
    last = done.network().get_layer("logits")
    assert type(last) is keras.layers.Dense
    assert last.dtype_policy.name == "float32"
    assert np.ptp(logits_of(done)) > 0.1
    kernel, bias = last.get_weights()
    assert done.weights == kernel.size + bias.size
    found = representation(done, TEST.images) @ kernel + bias
    np.testing.assert_allclose(found, logits_of(done), atol=1e-3)


def test_it_is_asked_for_by_the_recipe_of_its_start(erm, crt):
    assert crt.setup == make_task("crt").setup
    assert crt.setup.recipe == erm.setup.recipe
    assert crt.setup.parameters == {"epochs": 10, "learning_rate": 0.05, "l2": 0.01}
    shorter = make_task(ClassifierRetraining(epochs=4))
    assert shorter.setup != crt.setup
    # 30 images, of which 24 go into whole batches.
    assert (len(crt.epochs), crt.samples_seen) == (10, 240)
    assert len(train(shorter, 3, start=erm).epochs) == 4


@pytest.mark.parametrize(
    ("method", "seed", "of_erm", "told"),
    [
        ("crt", 3, False, "('erm', 3).*crt, seed 3, starts from. Received: None"),
        ("crt", 4, True, "('erm', 4).*Received: ('erm', 3)"),
        ("erm", 3, True, "start=None.*Received: ('erm', 3)"),
    ],
)
def test_another_start_than_the_method_and_seed_have_is_refused(
    erm, method, seed, of_erm, told
):
    told = told.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=told):
        train(make_task(method), seed, start=erm if of_erm else None)


def test_a_start_on_other_images_or_by_another_recipe_is_refused(erm, tmp_path):
    other = run(tmp_path, l2=0.5, **AS_THEY_COME)
    with pytest.raises(ValueError, match="Received: one that differs in .*recipe"):
        train(make_task("crt"), 3, start=other)


def test_the_network_of_another_run_is_told(tmp_path):
    first, second = trained(tmp_path, "erm", 3, 4)
    shutil.copy(second.folder / "network.keras", first.folder / "network.keras")
    with pytest.raises(InputError, match="damaged .network.keras is another network's"):
        trained(tmp_path, "crt", 3)


def test_a_last_layer_alone_has_the_recipe_for_features():
    linear = recipe_of("features")
    changed = linear.changed_by(ClassifierRetraining().recipe_changes())
    own = {"epochs": 10, "evaluate_every": 1}
    assert changed == linear.changed_by(own)


def trained(folder: Path, method: str, *seeds: int) -> list[Run]:
    """Trains what a store lacks, as a node and its dataset do; returns all it has."""
    store = RunStore(folder / "runs")
    task = make_task(method, epochs=1, **AS_THEY_COME)
    start = ERM() if method == "crt" else None
    places = Places(folder / "checkpoints", folder / "curves")
    for done in train_missing(task, seeds, store, places, starts_from=start):
        store.add(done)
    return list(store.demand(task.setup, seeds))


def test_each_seed_starts_from_the_stored_run_of_its_own(tmp_path):
    starts = trained(tmp_path, "erm", 3, 4)
    for done, start in zip(trained(tmp_path, "crt", 3, 4), starts, strict=True):
        assert_same_but_for_the_last_layer(done, start)
    with pytest.raises(InputError, match="No run is stored of erm, seed 5, .*there is"):
        trained(tmp_path, "crt", 5)


def rows(*counts: int, seed: int) -> FeatureSet:
    """Three classes that overlap in eight features, of scales of their own."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(3), counts)
    features = random.normal(size=(len(labels), 8)) + 1.2 * np.eye(3, 8)[labels]
    features *= np.geomspace(1e-3, 1e3, 8)
    return FeatureSet.of(features.astype("float32"), labels, ("a", "b", "c"), "drawn")


def test_of_features_with_a_long_tail_its_classes_are_more_alike_than_those_of_erm():
    recipe = RECIPE | {"network": "standardised", "augmentation": {}, "epochs": 20}
    sets = rows(300, 60, 15, seed=0), rows(200, 200, 200, seed=1)
    erm, crt = (
        Task(method, Recipe.model_validate(recipe), *sets)
        for method in (ERM(), ClassifierRetraining())
    )
    start = train(erm, 3)
    accuracies = [
        class_accuracies(confusion_matrix(logits_of(done), sets[1].labels))
        for done in (start, train(crt, 3, start=start))
    ]
    assert accuracies[1].mean() > accuracies[0].mean() + 0.1
    assert accuracies[1].min() > accuracies[0].min() + 0.3


class RowNumbers:
    """Feeds row numbers."""

    def batch(self, rows: np.ndarray) -> np.ndarray:
        return rows


LABELS = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [900, 90, 10]))


def drawn(epoch: int, seed: int = 0, after: tuple[int, ...] = ()) -> np.ndarray:
    """The rows of an epoch of balanced batches, whose labels are theirs."""
    batches = ShuffledBatches(RowNumbers(), LABELS, 100, seed, np.ones(3), 0, True)
    for earlier in (*after, epoch):
        batches.set_epoch(earlier)
    found, labels, _ = map(np.concatenate, zip(*batches, strict=True))
    np.testing.assert_array_equal(labels, LABELS[found])
    return found


def test_of_balanced_batches_all_classes_have_as_many_images_but_for_chance():
    found = drawn(0)
    assert len(found) == 1000
    counts = np.bincount(LABELS[found])
    # Four standard deviations of a share of a third.
    assert np.abs(counts - 1000 / 3).max() < 4 * np.sqrt(1000 * 2 / 9)


def test_of_a_class_all_images_are_drawn_alike():
    times = np.bincount(np.concatenate([drawn(epoch) for epoch in range(20)]))
    for label, count in enumerate((900, 90, 10)):
        of_class, expected = times[label == LABELS], 20 * 1000 / 3 / count
        assert len(of_class) == count
        assert np.abs(of_class - expected).max() < 5 * np.sqrt(expected)


def test_balanced_batches_follow_from_seed_and_epoch_alone():
    np.testing.assert_array_equal(drawn(2, after=(0, 1)), drawn(2))
    assert (drawn(2) != drawn(1)).any()
    assert (drawn(2, seed=1) != drawn(2)).any()


@pytest.mark.parametrize(("name", "low", "high"), [("erm", 0, 40), ("crt", 120, 200)])
def test_only_batches_of_the_retraining_are_balanced(name, low, high):
    """In 20 epochs of 24 images, two of thirty are of the rarest class, or a third."""
    task = make_task(name, **AS_THEY_COME)
    batches = trainee_of(task, task.split(3), 3).batches
    rare = 0
    for epoch in range(20):
        batches.set_epoch(epoch)
        rare += sum((labels == 2).sum() for _, labels, _ in batches)
    assert low < rare <= high
