"""A folder of pictures as image sets."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from kedro.io import AbstractDataset, DatasetError

from logit_adjustment_kedro.datasets import ImageFolderDataset
from logit_adjustment_kedro.datasets.sources import image_folder
from picture_trees import KINDS, picture, pictures, write

PARTS = ("train", "test", "validation")
TREE = pictures(
    "train/dog/1.png",  # 0
    "train/cat/b.png",
    "train/cat/a/9.png",
    "train/cat/a.png",
    "train/cat-fish/x y, ü.png",
    "test/cat/1.png",  # 5
    "test/dog/1.png",
    "val/cat-fish/1.png",
    "LICENSE",
)
CLASSES = pictures(
    *(f"cat/{number}.png" for number in range(10)),
    *(f"dog/{number}.png" for number in range(3)),
    "emu/0.png",
)


def load(folder: Path, part: str = "train", **asked):
    return ImageFolderDataset(
        folder=str(folder), part=part, image_size=2, **asked
    ).load()


def greys(images) -> list[int]:
    return images.images[:, 0, 0, 0].tolist()


def test_parts_and_classes_are_folders(tmp_path):
    folder = write(TREE, tmp_path / "set")
    train, test, validation = (load(folder, part) for part in PARTS)
    assert train.class_names == ("cat", "cat-fish", "dog")
    assert train.class_names == test.class_names == validation.class_names
    assert train.labels.tolist() == [0, 0, 0, 1, 2]
    assert greys(train) == [2, 3, 1, 4, 0]
    assert train.files.tolist() == [
        "train/cat/a/9.png",
        "train/cat/a.png",
        "train/cat/b.png",
        "train/cat-fish/x y, ü.png",
        "train/dog/1.png",
    ]
    assert (test.labels.tolist(), greys(test)) == ([0, 2], [5, 6])
    assert (validation.labels.tolist(), greys(validation)) == ([1], [7])
    assert test.origin == f"{folder} (test)"
    assert train.take(np.array([3])).files.tolist() == ["train/cat-fish/x y, ü.png"]


@pytest.mark.parametrize("tree", [TREE, CLASSES], ids=["parts", "classes"])
@pytest.mark.parametrize("prefix", ["", "./", "cells-main/", "./cells-main/"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_container_gives_the_same_images(tmp_path, tree, kind, prefix):
    plain = write(tree, tmp_path / "plain")
    reverse = dict(reversed(tree.items()))
    packed = write(reverse, tmp_path / "packed", kind, prefix)
    for part in PARTS:
        expected, read = load(plain, part), load(packed, part)
        assert read.digest == expected.digest
        assert read.class_names == expected.class_names
        inner = prefix.removeprefix("./")
        assert read.files.tolist() == [inner + name for name in expected.files]


def test_folders_of_classes_alone_are_divided(tmp_path, caplog):
    caplog.set_level("INFO")
    folder = write(CLASSES, tmp_path / "set")
    parts = [load(folder, part) for part in PARTS]
    counts = [images.class_counts().tolist() for images in parts]
    assert counts == [[7, 1, 1], [2, 1, 0], [1, 1, 0]]
    assert sorted(sum(map(greys, parts), [])) == list(range(14))
    assert caplog.text.count("20 % are to test on and 10 % to validate on") == 1
    fewer = load(folder, "test", test_fraction=0.4, validation_fraction=0, seed=1)
    assert fewer.class_counts().tolist() == [4, 1, 0]
    assert len(load(folder, "validation", validation_fraction=0)) == 0


def test_without_a_folder_for_it_the_validation_part_is_empty(tmp_path):
    tree = {name: c for name, c in TREE.items() if not name.startswith("val")}
    images = load(write(tree, tmp_path / "set"), "validation", channels=1)
    assert images.images.shape == (0, 2, 2, 1)
    assert images.class_names == ("cat", "cat-fish", "dog")
    assert images.files.shape == (0,)
    assert len(images.digest) == 16


@pytest.mark.parametrize(
    "names", [("Train", "TEST", "valid"), ("training", "testing", "validation")]
)
def test_parts_may_have_other_names(tmp_path, names):
    folders = dict(zip(("train", "test", "val"), names, strict=True))
    tree = {
        "/".join((folders[part], *rest)): content
        for name, content in TREE.items()
        for part, *rest in [name.split("/")]
        if rest
    }
    folder = write(tree, tmp_path / "set")
    assert [len(load(folder, part)) for part in PARTS] == [5, 2, 1]


@pytest.mark.parametrize("kind", ["folder", "tar", "zip"])
def test_what_is_no_picture_of_a_class_is_passed_over(tmp_path, caplog, kind):
    caplog.set_level("INFO")
    more = {
        "train/cat/UP.JPG": picture(70, "jpg"),
        "train/cat/notes.txt": b"",
        "train/stray.png": picture(1),
        "masks/cat/a.png": picture(1),
        "train/cat/.hidden.png": b"",
        "train/.cache/a.png": b"",
        "train/cat/Thumbs.db": b"",
        "__MACOSX/train/cat/._a.png": b"",
    }
    folder = write(TREE | more, tmp_path / "set", kind)
    assert greys(load(folder)) == [70, 2, 3, 1, 4, 0]
    load(folder, "test")
    told = "files passed over, as they are not pictures in the folder of a class: 4"
    names = "LICENSE, masks/cat/a.png, train/cat/notes.txt, train/stray.png"
    assert caplog.text.count(f"{told} ({names})\n") == 1


def fault_of(folder: Path | None, part: str = "train", **asked) -> str:
    with pytest.raises(DatasetError) as failure:
        load(folder, part, **asked)
    assert "\n" not in str(failure.value)
    assert str(failure.value).startswith((f"{folder}: ", f"{folder} ({part}): "))
    return str(failure.value)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], "at least two classes. Received: no folder"),
        (["a.png", "b.png"], "at least two classes. Received: no folder"),
        (["cat/1.png"], "at least two classes. Received: cat"),
        (["train/cat/1.png", "test/cat/1.png"], "at least two classes. Received: cat"),
        (["train/a.png", "test/b.png"], "at least two classes. Received: no folder"),
        (["cat/1.png", "dog/"], "Received: none in dog"),
        (["cat/1.png", "dog/1.txt"], "Received: none in dog"),
        (["train/cat/1.png", "train/dog/", "test/cat/1.png"], "Received: none in dog"),
        (
            ["train/cat/1.png", "train/dog/1.png", "test/cat/1.png", "test/emu/1.png"],
            "the classes of the training part alone in the test part. Received: emu",
        ),
        (["train/cat/1.png", "train/dog/1.png"], "train and test.* Received: train"),
        (["test/cat/1.png", "val/cat/1.png"], "train and test.* Received: test, val"),
        ([*TREE, "validation/cat/1.png"], "one folder to validation. .* val and valid"),
        (["train/cat/1.png", "train/dog/1.png", "test/"], "to test on. Received: none"),
        (["cat/1.png", "dog/1.png"], "to test on. Received: none"),
        (
            ["cat/1.png", "Cat/1.png"],
            "differ in more than cap.* Received: 'Cat', 'cat'",
        ),
        (["\u00fc/1.png", "u\u0308/1.png"], "the encoding of accents"),
        ([" /1.png", " /2.png", "dog/1.png"], "none of them empty"),
        (
            ["train/a/1.png", "train/b/1.png", "test/A/1.png"],
            "Received: ('A', 'a'|'a', 'A')",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_what_is_laid_out_otherwise_is_refused(tmp_path, names, told, kind):
    (tmp_path / "set").mkdir()
    folder = write(pictures(*names), tmp_path / "set", kind)
    for part in PARTS:
        assert re.search(told, fault_of(folder, part))


def test_names_that_look_alike_are_told_apart(tmp_path):
    names = ("Masse/1.png", "Masse/2.png", "Maße/1.png", "Mässe/1.png")
    images = load(write(pictures(*names), tmp_path / "set"))
    assert images.class_names == ("Masse", "Maße", "Mässe")


def test_names_that_are_not_utf_8_are_refused(tmp_path):
    folder = write(TREE, tmp_path / "set")
    Path(os.fsdecode(bytes(folder) + b"/train/cat/\xff.png")).touch()
    assert r"names in UTF-8. Received: 'train/cat/\udcff.png'" in fault_of(folder)


@pytest.mark.parametrize("kind", ["folder", "tar.gz", "zip"])
def test_unreadable_files_are_refused_by_name(tmp_path, kind):
    broken = {f"train/dog/broken {number}.png": b"no" for number in range(7)}
    cut = {"train/cat/cut\n.png": picture(5)[:-30]}
    told = fault_of(write(TREE | broken | cut, tmp_path / "set", kind))
    assert "8 of 13 pictures cannot be read: train/cat/cut .png (Expected a" in told
    assert "broken 3.png (" in told
    assert "broken 4.png" not in told
    assert "and 3 more" in told
    assert "unreadable: skip" in told


@pytest.mark.parametrize("kind", ["folder", "tar.gz", "zip"])
def test_unreadable_files_are_skipped_if_asked(tmp_path, caplog, kind):
    broken = {"train/cat/aa.png": b"", "train/dog/2.png": b"no"}
    images = load(write(TREE | broken, tmp_path / "set", kind), unreadable="skip")
    assert greys(images) == [2, 3, 1, 4, 0]
    assert images.labels.tolist() == [0, 0, 0, 1, 2]
    assert "train/cat/aa.png" not in images.files
    told = "2 of 7 pictures are left out, as they cannot be read: train/cat/aa.png ("
    assert told in caplog.text
    assert "an empty file" in caplog.text
    assert "train/dog/2.png" in caplog.text


def test_an_unreadable_file_moves_no_other_to_another_part(tmp_path):
    whole = write(CLASSES, tmp_path / "whole")
    tree = CLASSES | {"cat/0.png": b"no", "cat/5.png": b"no", "dog/1.png": b"no"}
    broken = write(tree, tmp_path / "broken")
    for part in PARTS:
        files = load(whole, part).files
        left = [name for name in files if tree[name] != b"no"]
        assert load(broken, part, unreadable="skip").files.tolist() == left


@pytest.mark.parametrize("kind", ["folder", "tar", "zip"])
def test_a_file_that_vanishes_meanwhile_is_told(tmp_path, monkeypatch, kind):
    folder = write(TREE, tmp_path / "set", kind)

    def find(*args):
        found = find_pictures(*args)
        (folder / "train/dog/1.png" if kind == "folder" else folder).unlink()
        if kind != "folder":
            fewer = {name: c for name, c in TREE.items() if "dog" not in name}
            write(fewer, tmp_path / "set", kind)
        return found

    find_pictures = image_folder.find_pictures
    monkeypatch.setattr(image_folder, "find_pictures", find)
    told = "1 of 5 pictures cannot be read: train/dog/1.png ("
    cause = "No such file" if kind == "folder" else "it is no longer there"
    assert told + cause in fault_of(folder)


def test_a_folder_is_asked_for_only_when_it_is_read():
    source = ImageFolderDataset(folder=None, part="train")
    assert not source.exists()
    with pytest.raises(DatasetError, match="Give it as --params=folder=PATH$"):
        source.load()


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(DatasetError) as failure:
        load(tmp_path / "none")
    told = f"There is no folder or archive at {tmp_path / 'none'}."
    assert str(failure.value) == told
    (tmp_path / "set.rar").touch()
    assert "ends in .tar, .tar.gz, .tgz, .zip" in fault_of(tmp_path / "set.rar")


def test_a_relative_folder_starts_where_the_command_is_typed(tmp_path, monkeypatch):
    write(TREE, tmp_path / "2024")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # on Windows
    for folder in ("2024", "~/2024", 2024):
        source = ImageFolderDataset(folder=folder, part="test")
        assert source.exists()
        assert source.load().origin == f"{tmp_path / '2024'} (test)"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"part": "tests"}, "part: Input should be 'train', 'test' or 'validation'"),
        ({"image_size": 0}, "image_size.0: Input should be greater"),
        ({"test_fraction": 0}, "test_fraction: Input should be greater than 0"),
        ({"validation_fraction": 1}, "validation_fraction: Input should be less"),
        ({"seed": -1}, "seed: Input should be greater"),
        ({"unreadable": "ignore"}, "unreadable: Input should be 'refuse' or 'skip'"),
    ],
)
def test_wrong_arguments_are_refused_at_once(wrong, told):
    with pytest.raises(DatasetError, match=told) as failure:
        ImageFolderDataset(folder=None, **{"part": "train"} | wrong)
    assert "\n" not in str(failure.value)


def test_fractions_that_leave_nothing_are_refused(tmp_path):
    folder = write(CLASSES, tmp_path / "set")
    asked = {"test_fraction": 0.5, "validation_fraction": 0.5}
    assert "Received: [0.5, 0.5]" in fault_of(folder, **asked)


def test_saving_is_refused(tmp_path):
    folder = write(TREE, tmp_path / "set")
    with pytest.raises(DatasetError, match="read-only"):
        ImageFolderDataset(folder=str(folder), part="train").save(load(folder))


def test_the_example_in_the_documentation_works(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # on Windows
    (tmp_path / "pictures").mkdir()
    write(TREE, tmp_path / "pictures" / "cells", "tar.gz")
    example = re.search("```yaml(.*)```", ImageFolderDataset.__doc__, re.DOTALL)[1]
    ((name, entry),) = yaml.safe_load(example).items()
    source = AbstractDataset.from_config(name, entry)
    assert source.load().images.shape == (5, 48, 64, 3)
    assert "cells.tar.gz" in str(source)


def test_nothing_is_drawn_where_nobody_looks(tmp_path, capfd):
    load(write(TREE, tmp_path / "set"))
    assert capfd.readouterr().err == ""


def test_images_remember_how_pictures_were_fitted(tmp_path):
    """New ones are to be made alike."""
    folder = write(pictures("a/1.png", "a/2.png", "b/1.png"), tmp_path / "pets")
    options = {"folder": str(folder), "part": "train", "image_size": 2}
    assert ImageFolderDataset(**options, fit="pad").load().fit == "pad"
    assert ImageFolderDataset(**options).load().take(np.array([0])).fit == "crop"
