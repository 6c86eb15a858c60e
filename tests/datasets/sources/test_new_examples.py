import io
import logging
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError
from PIL import Image

from logit_adjustment_kedro.datasets import NewExamplesDataset
from logit_adjustment_kedro.datasets.sources.pictures import picture_batches
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import FeatureSet, Fitting, ImageSet
from picture_trees import KINDS, picture, write

NAMES = ("a", "b")
TREE = {
    "2.png": picture(2),
    "deep/er/1.GIF": picture(1, "gif"),
    "deep/3.bmp": picture(3, "bmp"),
    "deep/notes.txt": b"no picture",
    "broken.jpg": b"no picture",
}


def like(*shape: int, fit: str | None = None) -> ImageSet:
    return ImageSet(
        np.zeros((2, *shape), "uint8"), np.arange(2), NAMES, "here", fit=fit
    )


def features_like(width: int) -> FeatureSet:
    return FeatureSet.of(np.zeros((2, width), "float32"), np.arange(2), NAMES, "there")


def load(path):
    return NewExamplesDataset(input=str(path)).load()


@pytest.mark.parametrize("kind", KINDS)
def test_all_pictures_of_a_folder_or_archive_are_found(tmp_path, kind, caplog):
    caplog.set_level(logging.INFO)
    examples = load(write(TREE, tmp_path / "new", kind))
    assert examples.names == ["2.png", "broken.jpg", "deep/3.bmp", "deep/er/1.GIF"]
    assert examples.called == "file"
    assert "not those of pictures: 1 (deep/notes.txt)" in " ".join(caplog.text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_each_picture_comes_once_and_what_is_broken_is_told(tmp_path, kind):
    examples = load(write(TREE, tmp_path / "new", kind))
    batches = [*examples.batches(like(2, 2, 1), size=3)]
    found = {
        examples.names[row]: int(image.mean())
        for batch in batches
        for row, image in zip(batch.rows, batch.examples, strict=True)
    }
    assert found == {"2.png": 2, "deep/3.bmp": 3, "deep/er/1.GIF": 1}
    faults = {row: fault for batch in batches for row, fault in batch.faults.items()}
    assert [*faults] == [1] and "Expected a JPEG" in faults[1]
    assert [len(batch.rows) + len(batch.faults) for batch in batches] == [3, 1]


def test_a_single_picture_will_do(tmp_path):
    (tmp_path / "a photo").write_bytes(picture(7, "webp"))
    (batch,) = load(tmp_path / "a photo").batches(like(2, 2, 3), size=10)
    assert batch.examples.shape == (1, 2, 2, 3)
    assert batch.rows == [0]


def test_pictures_are_fitted_as_those_of_the_training(tmp_path):
    wide = io.BytesIO()

    Image.fromarray(np.full((2, 4), 200, "uint8")).save(wide, "png")
    (tmp_path / "wide.png").write_bytes(wide.getvalue())
    examples = load(tmp_path)
    (padded,) = examples.batches(like(4, 4, 1, fit="pad"), size=1)
    assert padded.examples[0, :, 0, 0].tolist() == [0, 200, 200, 0]
    (cut,) = examples.batches(like(4, 4, 1), size=1)
    assert (cut.examples == 200).all()


def test_never_more_than_a_batch_is_read(tmp_path):
    read = []

    class Counting:
        path = tmp_path

        def contents(self, names):
            for name in names:
                yield name, partial(self.read, name)

        def read(self, name):
            read.append(name)
            return picture(1)

    names = [str(number) for number in range(10)]
    fitting = Fitting(image_size=2, channels=1)
    sizes = []
    for batch in picture_batches(Counting(), names, fitting, 4):
        sizes.append(len(batch.rows))
        assert len(read) == sum(sizes)
    assert sizes == [4, 4, 2]


def test_features_come_in_their_order_and_need_no_labels(tmp_path):
    features = np.arange(10, dtype="float64").reshape(5, 2)
    np.savez(tmp_path / "new.npz", features=features)
    table = pd.DataFrame(features, columns=["feature_0", "feature_1"])
    table.to_parquet(tmp_path / "new.parquet")
    table.astype(int).to_csv(tmp_path / "new.csv", index=False)
    for kind in ("npz", "parquet", "csv"):
        examples = load(tmp_path / f"new.{kind}")
        batches = [*examples.batches(features_like(2), size=3)]
        shown = np.concatenate([batch.examples for batch in batches])
        np.testing.assert_array_equal(shown, features[:, None, None].astype("float32"))
        assert [[*batch.rows] for batch in batches] == [[0, 1, 2], [3, 4]]
        assert (examples.called, examples.names[-1]) == ("row", "4")


def test_a_path_starts_where_the_command_is_typed(tmp_path, monkeypatch):
    (tmp_path / "1.png").write_bytes(picture(1))
    monkeypatch.chdir(tmp_path)
    assert load("1.png").names == ["1.png"]


@pytest.mark.parametrize(
    ("tree", "path", "told"),
    [
        ({}, None, "--params=input=PATH"),
        ({}, "missing", "There is no file or folder at"),
        ({"empty/": b""}, "empty", "Received: no file"),
        ({"texts/a.txt": b"a"}, "texts", "expected pictures .*. Received: a.txt"),
        ({"new.csv": b"feature_1\n1.0\n"}, "new.csv", "no feature_0 among feature_1"),
        ({"new.csv": b"feature_0\nowl\n"}, "new.csv", "floating numbers in feature_0"),
        ({"new.zip": b"no archive"}, "new.zip", "cannot be read"),
        ({"new.npz": b"no arrays"}, "new.npz", "cannot be read"),
    ],
)
def test_what_is_none_is_refused_in_one_line(tmp_path, tree, path, told):
    write(tree, tmp_path)
    given = None if path is None else str(tmp_path / path)
    with pytest.raises(DatasetError, match=told) as refused:
        NewExamplesDataset(input=given).load()
    assert "\n" not in str(refused.value)


def pictures_in(folder: Path):
    (folder / "1.png").write_bytes(picture(1))
    return load(folder)


def features_in(folder: Path):
    np.savez(folder / "new.npz", features=np.zeros((1, 3)))
    return load(folder / "new.npz")


@pytest.mark.parametrize(
    ("made_in", "training", "told"),
    [
        (pictures_in, features_like(3), "as the training was on 3 features a row. Rec"),
        (pictures_in, like(2, 2, 4), "Received: one on images of shape .2, 2, 4."),
        (features_in, features_like(4), "expected 4 features a row, .* Received: 3"),
        (
            features_in,
            like(2, 2, 3),
            "expected images of shape .* Received: 3 features",
        ),
    ],
)
def test_what_is_not_like_the_training_is_refused_at_once(
    tmp_path, made_in, training, told
):
    examples = made_in(tmp_path)
    with pytest.raises(InputError, match=told):
        examples.batches(training, size=1)


def test_nothing_is_saved_there(tmp_path):
    with pytest.raises(DatasetError, match="read-only"):
        NewExamplesDataset(input=str(tmp_path)).save("anything")
