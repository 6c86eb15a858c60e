"""Tables that come back as they were, however their classes are called."""

import inspect

import numpy as np
import pandas as pd
import pytest
from kedro.io import Version

from logit_adjustment_kedro.datasets import TableDataset

NAMES = ["NA", "None", "null", "nan", "NaN", "1.0", "007", "yes", "True", "-inf"]
NAMES += [
    "a, b",
    'the "cat"',
    "two\nlines",
    "two\r\nlines",
    " space ",
    "#hash",
    "größe",
    "'",
    "1e3",
]


@pytest.fixture
def dataset(tmp_path):
    return TableDataset(filepath=str(tmp_path / "new" / "table.csv"))


@pytest.mark.parametrize("column", ["class_name", "name"])
@pytest.mark.parametrize("names", [NAMES, ["1", "2"], ["NA"]])
def test_names_are_text_and_come_back_as_they_were(dataset, column, names):
    table = pd.DataFrame({"label": range(len(names)), column: names, "count": 1})
    dataset.save(table)
    pd.testing.assert_frame_equal(dataset.load(), table)


def test_numbers_come_back_to_six_digits_and_gaps_as_gaps(dataset):
    table = pd.DataFrame(
        {
            "method": ["erm", "adaptive", None],
            "tau": [np.nan, 1.0, np.inf],
            "accuracy": [0.123456789, 1e-12 / 3, 123456789.0],
            "images": [1, 2**40, 0],
            "is_best": [True, False, True],
        }
    )
    dataset.save(table)
    expected = table.assign(accuracy=[0.123457, 3.33333e-13, 1.23457e8])
    pd.testing.assert_frame_equal(dataset.load(), expected, check_exact=True)


def test_the_file_is_the_same_on_every_system(dataset, tmp_path):
    table = pd.DataFrame(
        {"name": ["größe", "NA"], "error": [0.5, np.nan]}, index=[7, 8]
    )
    dataset.save(table)
    content = (tmp_path / "new" / "table.csv").read_bytes()
    assert content == "name,error\ngröße,0.5\nNA,\n".encode()


def test_an_empty_table_keeps_its_columns(dataset):
    dataset.save(pd.DataFrame({"class_name": [], "count": []}))
    assert list(dataset.load()) == ["class_name", "count"]


def test_kedro_viz_is_shown_the_first_rows(tmp_path):
    versions = (Version(None, f"2026-01-0{day}T00.00.00.000Z") for day in (1, 2))
    for version in versions:
        dataset = TableDataset(filepath=str(tmp_path / "table.csv"), version=version)
        dataset.save(pd.DataFrame({"name": ["NA", "b", "c"], "count": [1, 2, 3]}))
    assert dataset.preview(nrows=2) == {
        "index": [0, 1],
        "columns": ["name", "count"],
        "data": [["NA", 1], ["b", 2]],
    }
    annotation = inspect.signature(dataset.preview).return_annotation
    assert annotation.__name__ == "TablePreview"
