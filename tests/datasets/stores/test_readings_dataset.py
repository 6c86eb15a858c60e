"""Readings that come back as they were, types and all, and never run code."""

import os
import pickle
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError, Version

from logit_adjustment_kedro.datasets import ReadingsDataset
from logit_adjustment_kedro.datasets.errors import DataError
from logit_adjustment_kedro.evaluation.readings import Choice, Readings
from logit_adjustment_kedro.runs import Part, View

VERSION = "2026-01-01T00.00.00.000Z"
FILES = {
    "parameters.json",
    "class_counts.parquet",
    "methods.parquet",
    "answers.parquet",
    "confusions.npy",
    "bins.npy",
    "sweeps.parquet",
    "target.parquet",
    "hits.parquet",
    "ensembles.parquet",
    "calibration.parquet",
    "mistakes.parquet",
    "traffic.parquet",
    "curves.parquet",
    "last_layers.parquet",
    "trainings.parquet",
    "made_with.parquet",
}


@pytest.fixture
def readings() -> Readings:
    return Readings(
        parameters={
            "training": {"learning_rate": {"base": 0.1}, "seeds": [0, 1], "l2": 1e-4},
            "held_out": {"fraction": 0.0},
            "note": "größe",
            "nothing": None,
        },
        class_counts=pd.DataFrame(
            {"label": [0, 1], "class_name": ["NA", "größe"], "count": [20, 1]}
        ),
        methods=pd.DataFrame(
            {"method": ["erm", "a"], "title": ["ERM", "A"], "adjusts": [None, "erm"]}
        ),
        answers=pd.DataFrame(
            {
                "method": ["erm", "posthoc_logit_adjusted"],
                "seed": [0, 1],
                "view": [View.PLAIN, View.MIRRORED],
                "choice": [Choice.FIXED, Choice.ORACLE],
                "tau": [np.nan, 1 / 3],
            }
        ),
        confusions=np.arange(8).reshape(2, 2, 2),
        bins=np.random.default_rng(0).random((2, 15, 3)),
        sweeps=pd.DataFrame({"part": [Part.TEST, Part.HELD_OUT], "accuracy": [1, 0.1]}),
        target=pd.DataFrame({"share": [0.5, 0.5], "standard_error": [0.1, np.nan]}),
        hits=pd.DataFrame({"right": np.array([0, 2], "int32"), "images": [3, 4]}),
        ensembles=pd.DataFrame({"seeds": [2, 2], "accuracy": [0.5, np.nan]}),
        calibration=pd.DataFrame({"mix": ["own", "target"], "error": [0.1, 0.2]}),
        mistakes=pd.DataFrame({"file": ["größe.png"], "picture": ["iVBORw0KGgo="]}),
        traffic=pd.DataFrame({"mix": ["train", None], "exponent": [1.0, np.nan]}),
        curves=pd.DataFrame({"epoch": np.array([1, 2], "int32"), "mean": [0.5, 2 / 3]}),
        last_layers=pd.DataFrame({"bias": np.array([0.1, 0.2], "float32")}),
        trainings=pd.DataFrame({"method": pd.Series([], dtype=str), "weights": []}),
        made_with=pd.DataFrame({"what": ["keras"], "values": ["3"], "differs": [True]}),
    )


@pytest.fixture
def dataset(tmp_path):
    return ReadingsDataset(filepath=str(tmp_path / "readings"))


def test_readings_come_back_as_they_were(dataset, readings):
    dataset.save(readings)
    loaded = dataset.load()
    assert type(loaded) is Readings
    assert loaded.parameters == readings.parameters
    for name in (field.name for field in fields(Readings)):
        stored, loaded_value = getattr(readings, name), getattr(loaded, name)
        if isinstance(stored, np.ndarray):
            np.testing.assert_array_equal(loaded_value, stored, strict=True)
        elif isinstance(stored, pd.DataFrame):
            pd.testing.assert_frame_equal(loaded_value, stored, check_exact=True)


def test_a_choice_of_tau_of_another_version_is_told_and_never_read_as_ours(
    dataset, readings
):
    # What an earlier version called the oracle chose for each seed.
    readings.answers["choice"] = ["fixed", "oracle"]
    dataset.save(readings)
    with pytest.raises(DataError, match="chosen as oracle, which is not known here"):
        dataset.load()


def test_words_of_our_own_come_back_as_words(dataset, readings):
    dataset.save(readings)
    loaded = dataset.load()
    assert {type(view) for view in loaded.answers["view"]} == {str}
    assert loaded.of(View.MIRRORED, Choice.ORACLE)["method"].tolist() == [
        "posthoc_logit_adjusted"
    ]


def test_each_field_is_a_file_of_one_folder(dataset, readings, tmp_path):
    dataset.save(readings)
    assert {path.name for path in (tmp_path / "readings").iterdir()} == FILES
    assert list(tmp_path.iterdir()) == [tmp_path / "readings"]


def test_each_version_is_a_folder(tmp_path, readings):
    path = tmp_path / "readings"
    dataset = ReadingsDataset(filepath=str(path), version=Version(None, VERSION))
    assert not dataset.exists()
    dataset.save(readings)
    assert dataset.exists()
    assert (
        path / dataset.resolve_save_version() / "readings" / "answers.parquet"
    ).is_file()
    assert dataset.load().parameters == readings.parameters


def test_readings_are_saved_all_or_none(dataset, readings, tmp_path):
    dataset.save(readings)
    not_json = replace(readings, parameters={"x": object()}, bins=readings.bins[:1])
    with pytest.raises(DatasetError):
        dataset.save(not_json)
    assert len(dataset.load().bins) == 2
    assert list(tmp_path.iterdir()) == [tmp_path / "readings"]


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("fault", ["cut_off", "empty"])
def test_a_damaged_file_is_told_in_one_line(dataset, readings, tmp_path, name, fault):
    dataset.save(readings)
    folder = tmp_path / "readings"
    file = folder / name
    file.write_bytes(file.read_bytes()[: -20 if fault == "cut_off" else 0])
    with pytest.raises(DataError) as told:
        dataset.load()
    line = str(told.value)
    assert line.startswith(f"Expected the readings stored in {file}, but it is damaged")
    assert f"remove {folder} and run" in line and "\n" not in line


@pytest.mark.parametrize("name", sorted(FILES))
def test_readings_of_an_earlier_version_are_not_called_damaged_alone(
    dataset, readings, tmp_path, name
):
    dataset.save(readings)
    (tmp_path / "readings" / name).unlink()
    told = f"have no {name.partition('.')[0]}: they are of an earlier version"
    with pytest.raises(DataError, match=told) as failure:
        dataset.load()
    assert "\n" not in str(failure.value)


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (self.trace,)


def test_nothing_is_unpickled(dataset, readings, tmp_path):
    dataset.save(readings)
    file, trace = tmp_path / "readings" / "bins.npy", tmp_path / "trace"
    np.save(file, np.array([Bomb(trace)]), allow_pickle=True)
    with pytest.raises(DataError):
        dataset.load()
    file.write_bytes(pickle.dumps(Bomb(trace)))
    with pytest.raises(DataError):
        dataset.load()
    assert not trace.exists()
    pickle.loads(file.read_bytes())
    assert trace.exists()


def test_an_array_of_objects_is_not_saved(dataset, readings, tmp_path):
    with pytest.raises(DatasetError):
        dataset.save(replace(readings, bins=np.array([Bomb(tmp_path)])))
    assert list(tmp_path.iterdir()) == []
