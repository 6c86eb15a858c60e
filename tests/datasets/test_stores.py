"""What ingestion and modeling store, and load again."""

import keras
import numpy as np
import pytest
from kedro.io import DatasetError, Version

from logit_adjustment_kedro.datasets import (
    FolderDataset,
    ImageSet,
    ImageSetDataset,
    KerasModelsDataset,
)
from logit_adjustment_kedro.networks import build_network


@pytest.fixture
def images():
    pixels = np.arange(3 * 4 * 4 * 1, dtype="uint8").reshape(3, 4, 4, 1)
    return ImageSet(pixels, np.array([2, 0, 2]), ("a", "b", "c"), origin="here")


def network():
    images = np.zeros((1, 8, 8, 1), "uint8")
    return build_network(
        "convnet", images, 3, padding=1, flip=True, zoom=1.2, colour_jitter=True, l2=0.0
    )


def test_images_come_back_as_they_were(images, tmp_path):
    dataset = ImageSetDataset(filepath=str(tmp_path / "new" / "images.npz"))
    assert not dataset.exists()
    dataset.save(images)
    loaded = dataset.load()
    np.testing.assert_array_equal(loaded.images, images.images)
    np.testing.assert_array_equal(loaded.labels, images.labels)
    assert loaded.images.dtype == "uint8"
    assert (loaded.class_names, loaded.origin) == (("a", "b", "c"), "here")
    assert loaded.class_counts().tolist() == [1, 0, 2]


def test_missing_images_say_how_to_make_them(tmp_path):
    with pytest.raises(DatasetError, match="kedro run --pipelines=ingestion"):
        ImageSetDataset(filepath=str(tmp_path / "images.npz")).load()


def test_images_that_cannot_be_saved_leave_the_old_ones(images, tmp_path):
    dataset = ImageSetDataset(filepath=str(tmp_path / "images.npz"))
    dataset.save(images)
    no_text = ImageSet(images.images, images.labels, ("a", "b", "c"), origin=object())
    with pytest.raises(DatasetError):
        dataset.save(no_text)
    assert dataset.load().origin == "here"
    assert [path.name for path in tmp_path.iterdir()] == ["images.npz"]


def test_models_of_all_seeds_come_back_in_safe_mode(tmp_path):
    models = {10: network(), 2: network()}
    version = Version(None, "2026-01-01T00.00.00.000Z")
    dataset = KerasModelsDataset(filepath=str(tmp_path / "models"), version=version)
    assert not dataset.exists()
    dataset.save(models)
    assert dataset.exists()
    loaded = dataset.load()
    assert list(loaded) == [2, 10]
    batch = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), dtype="uint8")
    for seed, model in loaded.items():
        assert not model.compiled
        expected = models[seed].predict_on_batch(batch)
        np.testing.assert_allclose(model.predict_on_batch(batch), expected, rtol=1e-5)


def test_unsafe_models_are_refused(tmp_path):
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x)(inputs))
    dataset = KerasModelsDataset(filepath=str(tmp_path / "models"))
    dataset.save({0: model})
    with pytest.raises(DatasetError, match="[Uu]nsafe"):
        dataset.load()


def test_models_are_saved_all_or_none(tmp_path):
    dataset = KerasModelsDataset(filepath=str(tmp_path / "models"))
    with pytest.raises(DatasetError):
        dataset.save({0: network(), 1: "no model"})
    assert list(tmp_path.iterdir()) == []


def test_folder_is_made_where_there_is_none(tmp_path):
    dataset = FolderDataset(path=str(tmp_path / "a" / "b"))
    assert dataset.load().is_dir()
    with pytest.raises(DatasetError, match="to write into"):
        dataset.save(tmp_path)
