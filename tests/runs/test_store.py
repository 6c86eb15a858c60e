"""Runs that are found by what made them, or not at all."""

import json

import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro import runs
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.runs import Part, RunStore, View
from made_runs import make_run, make_setup


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "runs")


def test_a_run_comes_back_as_it_was(store):
    run = make_run(seed=7)
    store.add(run)
    (again,) = store.demand(run.setup, [7])
    assert (again.setup, again.seed) == (run.setup, 7)
    assert (again.weights, again.samples_seen) == (30, 200)
    assert again.made_with == run.made_with
    pd.testing.assert_frame_equal(again.epochs, run.epochs, check_exact=True)
    pd.testing.assert_frame_equal(again.accuracies, run.accuracies, check_exact=True)
    for view in View:
        logits = again.logits[Part.TEST, view]
        np.testing.assert_array_equal(logits, run.logits[Part.TEST, view])
        assert logits.dtype == "float32"
    np.testing.assert_array_equal(again.labels[Part.TEST], run.labels[Part.TEST])
    for name in ("class_counts", "weight_norm", "bias"):
        np.testing.assert_array_equal(
            getattr(again.last_layer, name), getattr(run.last_layer, name)
        )


def test_a_reading_gets_exactly_the_seeds_it_asks_for_in_their_order(store):
    for seed in (2, 0, 1, 5):
        store.add(make_run(seed=seed))
    found = store.demand(make_setup(), [5, 0])
    assert [run.seed for run in found] == [5, 0]


def test_another_setup_is_never_taken_instead(store):
    store.add(make_run(make_setup(l2=0.2)))
    with pytest.raises(InputError, match=r"training.l2 \(asked: 0.1, stored: 0.2\)"):
        store.demand(make_setup(), [0])


def test_of_several_setups_the_nearest_is_told(store):
    store.add(make_run(make_setup(l2=0.2, epochs=9)))
    store.add(make_run(make_setup(epochs=7)))
    with pytest.raises(InputError, match="differs in training.epochs") as error:
        store.demand(make_setup(), [0])
    assert "l2" not in str(error.value)
    assert "\n" not in str(error.value)


def test_seeds_that_are_missing_are_told(store):
    store.add(make_run(seed=0))
    with pytest.raises(InputError, match="seeds 1, 4, with .* there is seed 0"):
        store.demand(make_setup(), [0, 1, 4])


def test_other_seeds_of_the_same_setup_are_told(store):
    for seed in (10, 2):
        store.add(make_run(seed=seed))
    with pytest.raises(InputError, match="seed 5, with .* setup there is seed 2, 10"):
        store.demand(make_setup(), [5])


@pytest.mark.parametrize(
    ("setup", "command"),
    [
        (make_setup("vs"), "kedro run --pipelines=comparison,"),
        (make_setup(held_out=0.2), "kedro run --pipelines=comparison,"),
        (make_setup("logit_adjusted"), "kedro run,"),
    ],
)
def test_the_command_that_trains_it_is_told(store, setup, command):
    with pytest.raises(InputError, match=f"Train it: {command}"):
        store.demand(setup, [0])


def test_a_run_of_another_format_is_neither_found_nor_in_the_way(store):
    kept = store.add(make_run(seed=0)).folder
    other = store.add(make_run(make_setup(l2=0.3), seed=0)).folder
    about = json.loads((other / "run.json").read_text())
    about["setup"] |= {"format": 99, "what_comes_later": True}
    (other / "run.json").write_text(json.dumps(about))
    other.parent.rename(other.parent.with_name("0" * 16))
    assert [run.folder for run in store] == [kept]
    with pytest.raises(InputError, match="training.l2"):
        store.demand(make_setup(l2=0.3), [0])


def test_an_empty_store_says_so(store):
    with pytest.raises(InputError, match="none of erm at all. Train it: kedro run"):
        store.demand(make_setup(), [0])


def test_runs_with_images_held_out_are_runs_of_their_own(store):
    held_out = make_setup(held_out=0.2)
    store.add(make_run(held_out, part=Part.HELD_OUT))
    (run,) = store.demand(held_out, [0])
    assert set(run.labels) == {Part.HELD_OUT}
    with pytest.raises(InputError, match="held_out"):
        store.demand(make_setup(), [0])


def test_what_is_half_written_is_not_there(store):
    class FullDisk:
        def save(self, file):
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        store.add(make_run(trained=FullDisk()))
    assert not store.has(make_setup(), 0)
    assert not [path for path in store.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("run.json", "halved"),
        *((name, "halved") for name in ("predictions.npz", "last_layer.csv")),
        *((f"{name}.csv", "missing") for name in ("epochs", "accuracies")),
        *((f"{name}.csv", "emptied") for name in ("epochs", "last_layer")),
    ],
)
def test_a_damaged_run_is_told_in_one_line_with_its_folder(store, file, damage):
    folder = store.add(make_run()).folder
    content = (folder / file).read_bytes()
    (folder / file).unlink()
    if damage != "missing":
        kept = len(content) // 2 if damage == "halved" else 0
        (folder / file).write_bytes(content[:kept])
    with pytest.raises(InputError) as error:
        list(store.demand(make_setup(), [0]))
    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_of_runs_can_be_opened_in_a_script(store):
    for method in ("logit_adjusted", "erm"):
        for seed in (1, 0):
            store.add(make_run(make_setup(method), seed=seed))
    opened = [(run.setup.method, run.seed) for run in runs.open(str(store.root))]
    assert opened == [
        *(("erm", 0), ("erm", 1)),
        *(("logit_adjusted", 0), ("logit_adjusted", 1)),
    ]


def test_what_was_asked_can_be_read_without_this_project(store):
    folder = store.add(make_run(seed=3)).folder
    about = json.loads((folder / "run.json").read_text())
    assert about["seed"] == 3
    assert about["setup"]["method"] == "erm"
    assert about["setup"]["class_counts"] == [20, 8, 2]
    assert pd.read_csv(folder / "epochs.csv")["train_loss"].tolist() == [1.5, 0.1]
