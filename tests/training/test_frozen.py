"""Features of a frozen network: computed once, kept, and part of the network."""

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from tiny import RECIPE, logits_of

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import FeatureSet, ImageSet, hold_out
from logit_adjustment_kedro.longtail.methods import METHODS, Methods
from logit_adjustment_kedro.networks import Frozen, load_network
from logit_adjustment_kedro.networks.frozen import BACKBONES
from logit_adjustment_kedro.runs import Part, Run, RunStore, View
from logit_adjustment_kedro.training import Places, Recipe, Task, train, train_missing
from logit_adjustment_kedro.training.cost import measure_cost
from logit_adjustment_kedro.training.last_layer import last_layer_of

SIDE = 32
SMALL = {"backbone": "MobileNet", "size": SIDE}


def saved(file: Path, seed: int) -> Path:
    keras.utils.set_random_seed(seed)
    build = keras.applications.MobileNet
    build(include_top=False, weights=None, input_shape=(SIDE, SIDE, 3)).save_weights(
        file
    )
    return file


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    """A file of weights, random ones."""
    return saved(tmp_path_factory.mktemp("weights") / "one.weights.h5", 0)


def images(*counts: int, seed: int = 0) -> ImageSet:
    """Grey noise, not square, brighter by class, in pairs that belong together."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    pixels = random.integers(0, 100, (len(labels), 6, 5, 1))
    pixels += 60 * labels.reshape(-1, 1, 1, 1)
    groups = np.array([f"pair {row // 2}" for row in range(len(labels))])
    return ImageSet(
        pixels.astype("uint8"), labels, ("a", "b", "c"), "noise", groups=groups
    )


TRAIN, TEST, CHOSEN_ON = images(20, 8, 6), images(4, 4, 4, seed=1), images(2, 2, 2)


def make_task(
    weights, method="erm", train_set=TRAIN, held_out=0.0, block=None, **changes
):
    block = {"weights": weights and str(weights)} | SMALL | (block or {})
    recipe = {"network": "frozen", "frozen": block, "augmentation": {}, "l2": 0.01}
    recipe = Recipe.model_validate(RECIPE | recipe | changes)
    chosen_on = None if held_out else CHOSEN_ON
    return Task(METHODS[method](), recipe, train_set, TEST, held_out, chosen_on)


def trained(folder: Path, task: Task, *seeds: int) -> Iterator[Run]:
    store = RunStore(folder / "runs")
    places = Places(folder / "checkpoints", folder / "curves", folder / "features")
    start = Methods().start_of(task.method.name)
    for run in train_missing(task, seeds, store, places, starts_from=start):
        yield store.add(run)


def kept(folder: Path) -> dict[Path, int]:
    """When each file of features was written."""
    files = (folder / "features").rglob("*.npy")
    return {file: file.stat().st_mtime_ns for file in files}


@pytest.fixture(scope="module")
def done(weights, tmp_path_factory) -> tuple[Path, Run]:
    """A folder in which seed 3 was trained, for reading and for adding to it."""
    folder = tmp_path_factory.mktemp("done")
    (run,) = trained(folder, make_task(weights), 3)
    return folder, run


def shown(network: keras.Model, pixels: np.ndarray) -> np.ndarray:
    """Logits, without the seconds that TensorFlow takes to trace a network."""
    return np.asarray(network(pixels, training=False))


def test_the_stored_network_gives_the_stored_logits_of_raw_images(done):
    _, run = done
    network = load_network(run.folder / "network.keras")
    for part, tested in ((Part.TEST, TEST), (Part.VALIDATION, CHOSEN_ON)):
        plain = shown(network, tested.images)
        mirrored = shown(network, tested.images[:, :, ::-1])
        expected = {View.PLAIN: plain, View.MIRRORED: (plain + mirrored) / 2}
        for view, logits in expected.items():
            np.testing.assert_allclose(run.logits[part, view], logits, atol=1e-3)
        assert np.abs(plain - mirrored).max() > 0.1
    last_layer = last_layer_of(network, TRAIN.class_counts())
    np.testing.assert_allclose(last_layer.weight_norm, run.last_layer.weight_norm)
    assert run.weights == 1024 * 3 + 3


def test_features_are_computed_once_for_all_seeds_and_methods(done, weights):
    folder, _ = done
    before = kept(folder)
    assert len(before) == 5  # training, and plain and mirrored the other two
    list(trained(folder, make_task(weights), 5))
    list(trained(folder, make_task(weights, "logit_adjusted"), 3))
    assert kept(folder) == before


def test_a_last_layer_is_trained_anew_on_the_features_that_are_kept(done, weights):
    folder, start = done
    before = kept(folder)
    (run,) = trained(folder, make_task(weights, "crt"), 3)
    assert kept(folder) == before
    networks = [load_network(r.folder / "network.keras") for r in (run, start)]
    mine, started = (network.get_weights() for network in networks)
    for one, other in zip(mine[:-2], started[:-2], strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.abs(mine[-2] - started[-2]).max() > 0.01
    for part, tested in ((Part.TEST, TEST), (Part.VALIDATION, CHOSEN_ON)):
        plain = shown(networks[0], tested.images)
        mirrored = shown(networks[0], tested.images[:, :, ::-1])
        expected = {View.PLAIN: plain, View.MIRRORED: (plain + mirrored) / 2}
        for view, logits in expected.items():
            found = run.logits[part, view]
            np.testing.assert_allclose(found, logits, rtol=1e-3, atol=1e-3)


def test_what_is_kept_and_what_is_not_train_alike(done, weights):
    again = train(make_task(weights), 3)
    np.testing.assert_array_equal(logits_of(again), logits_of(done[1]))


def test_the_same_rows_are_held_out_as_of_images(done, weights):
    (run,) = trained(done[0], make_task(weights, held_out=0.3), 3)
    _, held = hold_out(TRAIN, 0.3, 3)
    np.testing.assert_array_equal(run.labels[Part.HELD_OUT], held.labels)
    logits = shown(run.network(), held.images)
    found = run.logits[Part.HELD_OUT, View.PLAIN]
    np.testing.assert_allclose(found, logits, atol=1e-3)


def test_another_content_of_the_file_is_another_setup_and_not_another_path(
    weights, tmp_path
):
    setup = make_task(weights).setup
    moved = tmp_path / "moved.weights.h5"
    moved.write_bytes(weights.read_bytes())
    assert make_task(moved).setup == setup
    other = saved(tmp_path / "other.weights.h5", 1)
    assert [*make_task(other).setup.differences(setup)] == ["recipe.frozen.weights"]
    for block in ({"size": 33}, {"backbone": "MobileNetV2"}):
        assert make_task(weights, block=block).setup != setup


def test_damaged_features_are_told(done, weights, tmp_path):
    folder = tmp_path / "copy"
    for file in kept(done[0]):
        new = folder / file.relative_to(done[0])
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(InputError, match=r"damaged \(.*Remove it") as told:
        list(trained(folder, make_task(weights), 3))
    assert str(folder) in str(told.value)


def test_what_it_will_take_is_measured_without_computing_all(weights):
    cost = measure_cost(make_task(weights))
    assert 0 < cost.before < 60
    assert 0 < cost.seconds < 60


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"weights": "/nowhere.h5"}, "path of a file. Received: /nowhere.h5"),
        ({"weights": __file__}, "Expected weights of MobileNet, without its last"),
        ({"backbone": "MobileNetV2"}, "Expected weights of MobileNetV2, without"),
        ({"size": 31}, "Expected training.frozen.size .* Received: 31 x 31 pixels"),
        ({"size": None}, "Expected training.frozen.size .* Received: 6 x 5 pixels"),
    ],
)
def test_what_does_not_go_with_the_images_is_told_in_one_line(weights, block, told):
    with pytest.raises(InputError, match=told) as error:
        train(make_task(weights, block=block), 3)
    assert "\n" not in str(error.value)


def test_weights_that_cannot_be_downloaded_are_told_in_one_line(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no network here")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", refuse)
    monkeypatch.setattr("keras.src.utils.file_utils.os.path.exists", lambda _: False)
    with pytest.raises(InputError, match="download the weights of VGG16.*no network"):
        Frozen(backbone="VGG16", size=SIDE).extractor((SIDE, SIDE, 3))


def test_features_are_no_images(weights):
    rows = FeatureSet.of(
        np.ones((34, 4), "float32"), TRAIN.labels, TRAIN.class_names, "x"
    )
    task = make_task(weights)
    vars(task)["train_set"] = rows
    with pytest.raises(InputError, match="Expected images .* 4 features a row"):
        train(task, 3)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"frozen": {"backbone": "ResNet"}}, "frozen.backbone: .*'ResNet50'.*'ResNet'"),
        (
            {"augmentation": {"mirror": {}}},
            "augmentation: .*once: expected none. Received: {'mirror'",
        ),
    ],
)
def test_a_wrong_recipe_is_told_before_keras_is_there(weights, changes, told):
    recipe = RECIPE | {"network": "frozen", "augmentation": {}}
    with pytest.raises(ValueError, match=told):
        Recipe.model_validate(recipe | changes)


def test_every_backbone_is_there_with_its_scaling():
    for name, module in BACKBONES.items():
        assert callable(getattr(keras.applications, name))
        scaling = getattr(keras.applications, module)
        assert getattr(scaling, name, None) or module == "mobilenet_v3"
        assert callable(scaling.preprocess_input)


def test_pixels_are_scaled_as_the_backbone_expects():
    """Of images that need no other change, by the module's own function."""
    pixels = np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 3), "uint8")
    frozen = Frozen(backbone="VGG16", weights=None, size=None)
    extractor = frozen.extractor(pixels.shape[1:])
    scaled = keras.applications.vgg16.preprocess_input(pixels.astype("float32"))
    network = next(x for x in extractor.layers if isinstance(x, keras.Model))
    expected = shown(network, scaled).mean(axis=(1, 2))
    np.testing.assert_allclose(shown(extractor, pixels)[:, 0, 0], expected, rtol=1e-3)
    assert np.ptp(expected) > 0
