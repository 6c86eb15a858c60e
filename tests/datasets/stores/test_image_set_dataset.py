"""Image sets, which are stored by what they hold."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError, Version

from logit_adjustment_kedro.datasets import ImageSetDataset
from logit_adjustment_kedro.datasets.errors import DataError
from logit_adjustment_kedro.images import FeatureSet, ImageSet, hold_out, image_set

EARLIER, LATER = "2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z"
PIXELS = np.arange(3 * 4 * 4 * 1, dtype="uint8").reshape(3, 4, 4, 1)
IMAGES = ImageSet(PIXELS, np.array([2, 0, 2]), ("a", "NA", "größe"), origin="here")
OTHER = replace(IMAGES, labels=np.array([1, 0, 1]), origin="there")
INGESTION = "kedro run --pipelines=ingestion, with the same --env and --params"


@pytest.fixture
def filepath(tmp_path):
    return tmp_path / "digits" / "train_set.json"


@pytest.fixture
def dataset(filepath):
    return ImageSetDataset(filepath=str(filepath))


def version_of(filepath, save=None, load=None) -> ImageSetDataset:
    return ImageSetDataset(filepath=str(filepath), version=Version(load, save))


def files(folder) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_images_come_back_as_they_were(dataset):
    assert not dataset.exists()
    dataset.save(IMAGES)
    assert dataset.exists()
    loaded = dataset.load()
    np.testing.assert_array_equal(loaded.images, PIXELS)
    np.testing.assert_array_equal(loaded.labels, IMAGES.labels)
    assert (loaded.images.dtype, loaded.labels.dtype) == ("uint8", "int64")
    assert (loaded.class_names, loaded.origin) == (("a", "NA", "größe"), "here")
    assert loaded.class_counts().tolist() == [1, 0, 2]


def test_the_digest_comes_back_without_being_made_again(dataset, filepath):
    dataset.save(IMAGES)
    assert dataset.load().digest == IMAGES.digest
    array = filepath.parent / IMAGES.digest / "images.npy"
    content = array.read_bytes()
    array.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert dataset.load().digest == IMAGES.digest


def test_pixels_are_mapped_and_not_read(dataset):
    dataset.save(IMAGES)
    loaded = dataset.load()
    assert isinstance(loaded.pixels, np.memmap)
    assert loaded.take(np.array([1])).pixels is loaded.pixels
    with pytest.raises(ValueError, match="read-only"):
        loaded.pixels[0] = 0


def test_a_part_is_stored_without_the_rest(dataset, filepath):
    rest, held = hold_out(replace(IMAGES, labels=np.zeros(3, int)), 0.4, seed=0)
    assert (len(rest), len(held)) == (2, 1)
    dataset.save(held)
    loaded = dataset.load()
    np.testing.assert_array_equal(loaded.images, held.images)
    assert len(loaded.pixels) == 1
    assert loaded.digest == held.digest


def test_images_that_lie_otherwise_in_memory_are_stored_row_by_row(dataset):
    dataset.save(replace(IMAGES, pixels=np.asfortranarray(PIXELS)))
    pixels = dataset.load().pixels
    np.testing.assert_array_equal(pixels, PIXELS)
    assert pixels.flags.c_contiguous


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_images_are_written_however_many_are_in_memory(dataset, monkeypatch, at_once):
    monkeypatch.setattr(image_set, "AT_ONCE", at_once * PIXELS[0].size)
    dataset.save(IMAGES.take(np.array([2, 0, 1])))
    np.testing.assert_array_equal(dataset.load().pixels, PIXELS[[2, 0, 1]])


@pytest.mark.parametrize("rows", [[], [1], [2, 0]])
def test_features_come_back_as_features(dataset, rows):
    features = np.array([[0.1, -2], [3e-9, 4], [5, np.pi]], "float32")
    saved = FeatureSet.of(features, IMAGES.labels, IMAGES.class_names, "here")
    dataset.save(saved.take(np.array(rows, int)))
    loaded = dataset.load()
    assert type(loaded) is FeatureSet
    assert loaded.images.dtype == "float32"
    np.testing.assert_array_equal(loaded.images[:, 0, 0], features[rows])
    assert replace(loaded, origin="").digest == loaded.digest


def test_a_record_of_an_earlier_version_is_refused(dataset, filepath):
    """It says nothing of groups, which may then be divided."""
    dataset.save(IMAGES)
    record = json.loads(filepath.read_text(encoding="utf-8"))
    del record["groups"]
    filepath.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(DataError, match=f"groups.*run the ingestion: {INGESTION}"):
        dataset.load()


def test_arrays_are_written_once_however_many_versions_mean_them(filepath):
    version_of(filepath, save=EARLIER).save(IMAGES)
    array = filepath.parent / IMAGES.digest / "images.npy"
    written, begun = array.stat(), filepath.parent.stat().st_mtime_ns
    version_of(filepath, save=LATER).save(replace(IMAGES, origin="elsewhere"))
    assert array.stat() == written
    assert filepath.parent.stat().st_mtime_ns == begun  # no temporary folder, even
    assert files(filepath.parent) == {
        f"{IMAGES.digest}/images.npy",
        f"{IMAGES.digest}/labels.npy",
        f"train_set.json/{EARLIER}-{os.getpid()}/train_set.json",
        f"train_set.json/{LATER}-{os.getpid()}/train_set.json",
    }
    assert version_of(filepath, load=f"{EARLIER}-{os.getpid()}").load().origin == "here"
    assert version_of(filepath).load().origin == "elsewhere"


def test_runs_at_the_same_time_read_each_its_own(filepath):
    one, other = version_of(filepath, EARLIER), version_of(filepath, LATER)
    one.save(IMAGES)
    other.save(OTHER)
    assert one.load().origin == "here"
    assert one.load().labels.tolist() == [2, 0, 2]
    assert other.load().origin == "there"
    assert other.load().labels.tolist() == [1, 0, 1]


def test_the_same_arrays_may_be_written_by_many_at_once(filepath):
    def save_and_load(number: int) -> str:
        day = version_of(filepath, save=f"2026-01-{number:02}T00.00.00.000Z")
        images = replace(IMAGES, origin=str(number))
        day.save(images)
        loaded = day.load()
        np.testing.assert_array_equal(loaded.images, PIXELS)
        return loaded.origin

    with ThreadPoolExecutor(8) as workers:
        origins = list(workers.map(save_and_load, range(1, 31)))
    assert origins == [str(number) for number in range(1, 31)]
    assert {path.name for path in filepath.parent.iterdir()} == {
        IMAGES.digest,
        "train_set.json",
    }


def test_arrays_that_another_run_wrote_meanwhile_stay(filepath):
    """Somebody may have them mapped."""
    array = filepath.parent / IMAGES.digest / "images.npy"
    written = []

    class Slow(ImageSet):
        def pieces(self, size=None):
            if not array.exists():
                version_of(filepath, save=LATER).save(IMAGES)
                written.append(array.stat())
            return super().pieces(size)

    slow = Slow(PIXELS, IMAGES.labels, IMAGES.class_names, origin="slow")
    version_of(filepath, save=EARLIER).save(slow)
    assert [array.stat()] == written
    assert version_of(filepath, load=f"{EARLIER}-{os.getpid()}").load().origin == "slow"


def test_the_record_tells_a_person_what_is_stored(dataset, filepath):
    dataset.save(IMAGES)
    assert json.loads(filepath.read_text(encoding="utf-8")) == {
        "digest": IMAGES.digest,
        "class_names": ["a", "NA", "größe"],
        "counts": [1, 0, 2],
        "origin": "here",
        "fit": None,
        "files": None,
        "groups": None,
    }


def test_how_pictures_were_fitted_is_remembered(dataset):
    dataset.save(replace(IMAGES, fit="pad"))
    assert dataset.load().fit == "pad"


def test_a_record_of_an_earlier_version_does_not_know_it(dataset, filepath):
    dataset.save(replace(IMAGES, fit="pad"))
    record = json.loads(filepath.read_text(encoding="utf-8"))
    del record["fit"]
    filepath.write_text(json.dumps(record), encoding="utf-8")
    assert dataset.load().fit is None


def test_images_that_cannot_be_saved_leave_the_old_ones(dataset, filepath):
    dataset.save(IMAGES)
    with pytest.raises(DatasetError):
        dataset.save(replace(IMAGES, origin=object()))
    assert dataset.load().origin == "here"
    assert not list(filepath.parent.glob(".tmp-*"))


@pytest.mark.parametrize("is_versioned", [False, True])
def test_missing_images_say_how_to_make_them(filepath, is_versioned):
    version = Version(None, LATER) if is_versioned else None
    dataset = ImageSetDataset(filepath=str(filepath), version=version)
    with pytest.raises(DataError) as told:
        dataset.load()
    assert str(told.value) == (
        f"No images at {filepath}. Run the ingestion first: {INGESTION}"
    )


@pytest.mark.parametrize("is_versioned", [False, True])
def test_images_of_an_earlier_layout_are_named(filepath, is_versioned):
    old = filepath.with_suffix(".npz")
    filepath.parent.mkdir()
    np.savez(old, images=PIXELS)
    version = Version(None, LATER) if is_versioned else None
    dataset = ImageSetDataset(filepath=str(filepath), version=version)
    assert not dataset.exists()
    with pytest.raises(DataError) as told:
        dataset.load()
    assert str(told.value) == (
        f"{old} is of an earlier layout, which is not read; you may delete it. "
        f"Run the ingestion again: {INGESTION}"
    )
    dataset.save(IMAGES)
    assert dataset.load().origin == "here"


def cut_off(folder):
    file = folder / "images.npy"
    file.write_bytes(file.read_bytes()[:-1])


def of_other_labels(folder):
    np.save(folder / "labels.npy", np.array([2, 1, 2]))


def of_fewer_images(folder):
    np.save(folder / "images.npy", PIXELS[:2])


def of_other_numbers(folder):
    np.save(folder / "images.npy", PIXELS.astype("float32"))


def without_labels(folder):
    (folder / "labels.npy").unlink()


@pytest.mark.parametrize(
    "damage",
    [cut_off, of_other_labels, of_fewer_images, of_other_numbers, without_labels],
)
def test_damaged_arrays_are_told_in_one_line(dataset, filepath, damage):
    dataset.save(IMAGES)
    folder = filepath.parent / IMAGES.digest
    damage(folder)
    with pytest.raises(DataError) as told:
        dataset.load()
    line = str(told.value)
    assert line.startswith(f"Expected the images stored in {folder}, but")
    assert f"remove {folder} and run the ingestion: {INGESTION}" in line
    assert "\n" not in line


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (self.trace,)


@pytest.mark.parametrize("name", ["images.npy", "labels.npy"])
def test_nothing_is_unpickled(dataset, filepath, tmp_path, name):
    dataset.save(IMAGES)
    objects = np.array([Bomb(tmp_path / "trace")])
    np.save(filepath.parent / IMAGES.digest / name, objects, allow_pickle=True)
    with pytest.raises(DataError):
        dataset.load()
    assert not (tmp_path / "trace").exists()


def test_a_record_whose_arrays_are_gone_says_how_to_make_them(dataset, filepath):
    dataset.save(IMAGES)
    folder = filepath.parent / IMAGES.digest
    folder.rename(filepath.parent / "elsewhere")
    with pytest.raises(DataError) as told:
        dataset.load()
    line = f"No images at {folder}. Run the ingestion again: {INGESTION}"
    assert str(told.value) == line
    dataset.save(IMAGES)
    np.testing.assert_array_equal(dataset.load().images, PIXELS)


def test_a_path_of_another_kind_is_refused():
    with pytest.raises(ValueError, match=r"ending in \.json. Received: images\.npz"):
        ImageSetDataset(filepath="images.npz")


def test_no_images_come_back_as_none(dataset):
    dataset.save(IMAGES.take(np.array([], int)))
    loaded = dataset.load()
    assert len(loaded) == 0 and loaded.images.shape == (0, 4, 4, 1)
    assert loaded.class_names == IMAGES.class_names


@pytest.mark.parametrize("name", ["files", "groups"])
def test_names_come_back_and_those_of_the_same_images_elsewhere_too(dataset, name):
    here = replace(IMAGES, **{name: np.array(["a/1.png", "NA/2.png", "größe/3.png"])})
    there = replace(IMAGES, **{name: np.array(["x", "y", "z"])})
    for images in (here, there, here):
        dataset.save(images)
        loaded = dataset.load()
        np.testing.assert_array_equal(getattr(loaded, name), getattr(images, name))
        assert loaded.digest == images.digest == replace(loaded, origin="").digest
    dataset.save(IMAGES)
    assert getattr(dataset.load(), name) is None
