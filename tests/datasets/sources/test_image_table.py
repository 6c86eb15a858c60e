"""A table of pictures as image sets."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError

from catalog_examples import example
from logit_adjustment_kedro.datasets import ImageTableDataset
from picture_trees import picture, pictures, write

PARTS = ("train", "test", "validation")
# Paths out of order, in folders that say nothing, and a name with all that may trouble.
FILES = ["b.png", "a.png", "x/1.png", "x/2, ü.png", "c.png", "x/y/d.png"]
TABLE = {
    "path": FILES,
    "label": ["dog", "cat", "dog", "cat", "cat", "dog"],
    "split": ["train", "test", "val", "train", "train", "test"],
}


def write_table(folder: Path, columns: dict, name: str = "table.csv") -> Path:
    """Writes pictures, each of the grey that is its row's number, and their table."""
    names = [str(path) for path in columns.get("path", [])]
    inside = [name for name in names if name and ".." not in name and name[0] != "/"]
    write(pictures(*dict.fromkeys(inside)), folder)
    return save(folder / name, pd.DataFrame(columns))


def save(path: Path, frame: pd.DataFrame) -> Path:
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    return path


def load(table: Path, part: str = "train", **asked):
    return ImageTableDataset(table=str(table), part=part, image_size=2, **asked).load()


def greys(images) -> list[int]:
    return images.images[:, 0, 0, 0].tolist()


def fault_of(table: Path, part: str = "train", **asked) -> str:
    with pytest.raises(DatasetError) as failure:
        load(table, part, **asked)
    assert "\n" not in str(failure.value)
    assert str(failure.value).startswith((f"{table}: ", f"{table} ({part}): "))
    return str(failure.value)


@pytest.mark.parametrize("name", ["table.csv", "TABLE.CSV", "table.parquet"])
def test_parts_are_those_of_the_table_in_its_order(tmp_path, name):
    table = write_table(tmp_path / "set", TABLE, name.lower())
    table = table.rename(table.with_name(name))
    train, test, validation = (load(table, part) for part in PARTS)
    assert train.class_names == test.class_names == validation.class_names
    assert train.class_names == ("cat", "dog")
    assert (greys(train), train.labels.tolist()) == ([0, 3, 4], [1, 0, 0])
    assert (greys(test), test.labels.tolist()) == ([1, 5], [0, 1])
    assert (greys(validation), validation.labels.tolist()) == ([2], [1])
    assert train.files.tolist() == ["b.png", "x/2, ü.png", "c.png"]
    assert test.origin == f"{table} (test)"
    assert train.image_shape == (2, 2, 3)


def test_splits_may_have_other_names(tmp_path):
    split = ["Train", " test", "valid", "TRAINING", "train ", "testing"]
    table = write_table(tmp_path, TABLE | {"split": split})
    assert [greys(load(table, part)) for part in PARTS] == [[0, 3, 4], [1, 5], [2]]


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_labels_are_texts_whatever_they_look_like(tmp_path, name):
    labels = ["NA", "None", "1.0", "1", "nan", "null"]
    columns = {
        "path": [f"{number}.png" for number in range(12)],
        "label": labels * 2,
        "split": ["train"] * 6 + ["test"] * 6,
    }
    images = load(write_table(tmp_path, columns, name))
    assert images.class_names == tuple(sorted(labels))
    assert [images.class_names[label] for label in images.labels] == labels


def test_labels_of_a_parquet_file_may_be_numbers_or_categories(tmp_path):
    numbers = write_table(
        tmp_path, TABLE | {"label": [7, 10, 7, 10, 10, 7]}, "a.parquet"
    )
    assert load(numbers).class_names == ("10", "7")
    categories = pd.Categorical(TABLE["label"], categories=["emu", "dog", "cat"])
    table = write_table(tmp_path, TABLE | {"label": categories}, "b.parquet")
    assert load(table).class_names == ("cat", "dog")


def test_a_table_as_spreadsheets_write_it(tmp_path):
    table = write_table(tmp_path, TABLE)
    lines = table.read_text(encoding="utf-8")
    table.write_bytes(b"\xef\xbb\xbf" + lines.replace("\n", "\r\n").encode())
    assert greys(load(table)) == [0, 3, 4]


def test_blanks_in_the_header_and_commas_at_the_ends_are_passed_over(tmp_path):
    table = write_table(tmp_path, TABLE)
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    rows = [header.replace(",", ", "), *(f"{line}," for line in lines)]
    table.write_text("\n".join(rows), encoding="utf-8")
    assert greys(load(table)) == [0, 3, 4]


def test_a_path_from_the_root_is_refused_though_it_leads_there(tmp_path):
    paths = [str(tmp_path / FILES[0]), *FILES[1:]]
    assert "in row 1" in fault_of(write_table(tmp_path, TABLE | {"path": paths}))


def test_further_columns_are_passed_over(tmp_path):
    columns = {"Unnamed: 0": range(6), **TABLE, "width": 5, "remark": ['"a,\nb'] * 6}
    assert greys(load(write_table(tmp_path, columns))) == [0, 3, 4]


CLASSES = {
    "path": [f"{number}.png" for number in range(40)],
    "label": ["cat"] * 30 + ["dog"] * 10,
}


def test_without_splits_the_parts_are_divided_here(tmp_path, caplog):
    caplog.set_level("INFO")
    table = write_table(tmp_path, CLASSES)
    parts = [load(table, part) for part in PARTS]
    counts = [images.class_counts().tolist() for images in parts]
    assert counts == [[21, 7], [6, 2], [3, 1]]
    assert sorted(sum(map(greys, parts), [])) == list(range(40))
    assert caplog.text.count("20 % are to test on and 10 % to validate on") == 1
    other = load(table, "test", seed=1)
    assert greys(other) != greys(parts[1])
    fewer = load(table, "test", test_fraction=0.5, validation_fraction=0)
    assert fewer.class_counts().tolist() == [15, 5]
    assert len(load(table, "validation", validation_fraction=0)) == 0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_groups_are_not_divided(tmp_path, seed, name):
    patients = [f"p{number // 2}" for number in range(40)]
    table = write_table(tmp_path, CLASSES | {"group": patients}, name)
    parts = [load(table, part, seed=seed) for part in PARTS]
    counts = [images.class_counts().tolist() for images in parts]
    assert counts[1:] == [[6, 2], [2, 2]] or counts[1:] == [[6, 2], [4, 2]]
    for images in parts:
        assert images.groups.tolist() == [patients[grey] for grey in greys(images)]
    of_parts = [{*images.groups} for images in parts]
    assert sum(map(len, of_parts)) == 20
    assert sum(map(len, parts)) == 40


def test_pictures_without_a_group_are_groups_of_their_own(tmp_path):
    columns = CLASSES | {"group": ["p"] * 10 + [None] * 30}
    for name in ("table.csv", "table.parquet"):
        table = write_table(tmp_path, columns, name)
        parts = [greys(load(table, part)) for part in PARTS]
        (home,) = [part for part in parts if 0 in part]
        assert {*range(10)} <= {*home}
        assert len(parts[1]) == 8


def test_a_picture_without_a_group_joins_none_that_is_called_like_it(tmp_path):
    groups = ["", FILES[0], " ", FILES[0], "x", " x "]
    columns = TABLE | {"group": groups}
    del columns["split"]
    table = write_table(tmp_path, columns)
    found = {}
    for part in PARTS:
        images = load(table, part)
        found |= dict(zip(greys(images), images.groups.tolist(), strict=True))
    assert found[1] == found[3] and found[4] == found[5]
    assert len({found[0], found[1], found[2], found[4]}) == 4


def test_given_splits_that_keep_groups_together_are_fine(tmp_path):
    table = write_table(tmp_path, TABLE | {"group": ["a", "b", "c", "a", "", "b"]})
    assert [greys(load(table, part)) for part in PARTS] == [[0, 3, 4], [1, 5], [2]]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"label": None}, "columns path and label. Received: path, split"),
        ({"path": None, "label": None}, "columns path and label. Received: split"),
        (
            {"label": ["dog", "", "dog", " ", "cat", "dog"]},
            "a label in each row. Received: none in 2 rows, .* is row 2$",
        ),
        ({"label": ["cat"] * 6}, "at least two classes. Received: cat$"),
        (
            {"label": ["cat", "Cat", "dog", "dog", "dog", "dog"]},
            "differ in more than capitals.* Received: 'Cat', 'cat'$",
        ),
        (
            {"label": ["cat", "cat ", "dog", "dog", "dog", "dog"]},
            "blanks at their ends.* Received: 'cat', 'cat '$",
        ),
        (
            {"label": ["cat", "emu", "cat", "cat", "cat", "cat"]},
            "a picture to train on of each class. Received: none of emu$",
        ),
        (
            {"path": [*FILES[:4], "./b.png", "e.png"]},
            "each picture once. Received: b.png in rows 1 and 5$",
        ),
        ({"path": [*FILES[:4], "../b.png", "e.png"]}, r"Received: ../b.png in row 5$"),
        ({"path": ["x/../../b.png", *FILES[1:]]}, "from the table's folder on"),
        ({"path": ["x/../b.png", *FILES[1:]]}, "no .. in them. Received: x/.."),
        ({"path": ["/etc/passwd", *FILES[1:]]}, "Received: /etc/passwd in row 1$"),
        ({"path": [*FILES[:5], ""]}, "a path in each row. Received: none in row 6$"),
        (
            {"split": ["train", "test", "dev", "train", "train", "test"]},
            "train, validation or test in each row. Received: 'dev' in row 3$",
        ),
        (
            {"split": ["train", "test", "val", "train", "", "test"]},
            "in each row. Received: '' in row 5$",
        ),
        ({"split": ["train"] * 6}, "pictures to test on. Received: none$"),
        (
            {"group": ["a", "b", "c", "b", "d", "e"]},
            "not divided between parts. Received: b in test and train$",
        ),
    ],
)
@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_tables_that_say_otherwise_are_refused(tmp_path, changed, told, name):
    columns = {k: v for k, v in (TABLE | changed).items() if v is not None}
    table = write_table(tmp_path, columns, name)
    for part in PARTS:
        assert re.search(told, fault_of(table, part))


def test_missing_values_of_a_parquet_file_are_missing(tmp_path):
    labels = ["dog", None, "dog", "cat", "cat", "dog"]
    table = write_table(tmp_path, TABLE | {"label": labels}, "table.parquet")
    assert "none in 1 rows, the first of which is row 2" in fault_of(table)


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_an_empty_table_is_refused(tmp_path, name):
    table = save(tmp_path / name, pd.DataFrame({"path": [], "label": []}))
    assert "Expected a row for each picture. Received: no rows" in fault_of(table)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("table.csv", b"", "cannot be read: No columns"),
        ("table.csv", b"path;label\na.png;cat\n", "Received: path;label"),
        ("table.csv", b"path,label\na.png\n", "a label in each row"),
        ("table.csv", b"path,label\na,b\na,b,c,d\n", "cannot be read: Error tok"),
        ("table.csv", b"path,label\n\xff\xfe,cat\n", "cannot be read: 'utf-8' codec"),
        ("table.parquet", b"no", "cannot be read: "),
        ("table.xlsx", b"", "in a .csv or .parquet file. Received: .xlsx"),
        ("table", b"", "Received: a name without an ending"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    assert told in fault_of(tmp_path / name)


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(DatasetError) as failure:
        load(tmp_path / "none.csv")
    assert str(failure.value) == f"There is no table at {tmp_path / 'none.csv'}."


def test_links_out_of_the_folder_are_refused_and_those_within_are_not(tmp_path):
    table = write_table(tmp_path / "set", TABLE)
    (tmp_path / "set/b.png").unlink()
    (tmp_path / "set/b.png").symlink_to(tmp_path / "set/c.png")
    assert greys(load(table)) == [4, 3, 4]
    (tmp_path / "outside.png").write_bytes(picture(1))
    (tmp_path / "set/b.png").unlink()
    (tmp_path / "set/b.png").symlink_to(tmp_path / "outside.png")
    assert "in them. Received: b.png in row 1" in fault_of(table)


def test_pictures_that_cannot_be_read_are_refused_or_skipped(tmp_path, caplog):
    table = write_table(tmp_path, TABLE)
    (tmp_path / "b.png").write_bytes(b"no")
    (tmp_path / "c.png").unlink()
    told = fault_of(table)
    assert "2 of 3 pictures cannot be read: b.png (Expected a" in told
    assert "c.png (No such file" in told
    images = load(table, unreadable="skip")
    assert images.files.tolist() == ["x/2, ü.png"]
    assert "2 of 3 pictures are left out" in caplog.text
    assert greys(load(table, "test")) == [1, 5]  # they are of another part


def test_images_have_the_size_and_channels_asked_for(tmp_path):
    table = write_table(tmp_path, TABLE)
    source = ImageTableDataset(
        table=str(table), part="test", image_size=[4, 6], channels=1, fit="pad"
    )
    images = source.load()
    assert images.image_shape == (4, 6, 1)
    assert images.images[1, 0, :, 0].tolist() == [0, 5, 5, 5, 5, 0]


def test_a_relative_table_starts_where_the_command_is_typed(tmp_path, monkeypatch):
    table = write_table(tmp_path, TABLE)
    monkeypatch.chdir(tmp_path)
    source = ImageTableDataset(table="table.csv", part="test", image_size=2)
    assert source.exists()
    assert source.load().origin == f"{table} (test)"


@pytest.mark.parametrize("wrong", [{"part": "tests"}, {"fit": "cut"}, {"seed": -1}])
def test_wrong_arguments_are_refused_at_once(wrong):
    with pytest.raises(DatasetError, match="Input should be"):
        ImageTableDataset(**{"table": "a.csv", "part": "train"} | wrong)


def test_saving_is_refused():
    with pytest.raises(DatasetError, match="is read-only"):
        ImageTableDataset(table="a.csv", part="train").save(1)


def test_the_example_in_the_documentation_works(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # on Windows
    write_table(tmp_path / "pictures", TABLE, "cells.csv")
    source = example(ImageTableDataset)
    assert source.load().images.shape == (3, 64, 64, 3)
    assert f"pictures{os.sep}cells.csv" in str(source)
    np.testing.assert_array_equal(source.load().labels, [1, 0, 0])
