"""Trainings that are asked for, by one process or by several."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tiny import AS_THEY_COME, make_task

from logit_adjustment_kedro.runs import RunStore
from logit_adjustment_kedro.training import Places, train_missing
from logit_adjustment_kedro.training.claim import Taken, claim

QUICK = {"epochs": 1} | AS_THEY_COME


def train_all(folder: Path, seeds: list[int], **changes) -> list[int]:
    """Trains what a store lacks, as a node and its dataset do; returns the seeds."""
    store = RunStore(folder / "runs")
    trained = []
    task = make_task(**(QUICK | changes))
    for run in train_missing(task, seeds, store, places_in(folder)):
        store.add(run)
        trained.append(run.seed)
    return trained


def places_in(folder: Path) -> Places:
    return Places(folder / "checkpoints", folder / "curves")


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A folder in which seed 3 was trained, for reading only."""
    folder = tmp_path_factory.mktemp("trained")
    assert train_all(folder, [3]) == [3]
    return folder


@pytest.fixture
def folder(trained, tmp_path) -> Path:
    """A copy of it."""
    return shutil.copytree(trained, tmp_path / "copy")


def test_what_is_stored_is_not_trained_again(folder):
    assert train_all(folder, [3, 5]) == [5]
    assert train_all(folder, [5, 3]) == []


def test_another_recipe_is_another_training(folder):
    assert train_all(folder, [3], sgd={"momentum": 0.8}) == [3]
    # The view is a reading, and costs nothing.
    assert train_all(folder, [3], mirrored_view=True) == []


def test_a_checkpoint_lasts_until_its_run_is_stored(tmp_path):
    store, places = RunStore(tmp_path / "runs"), places_in(tmp_path)
    for _ in train_missing(make_task(**QUICK), [3], store, places):
        break  # as where the disk is full
    (kept,) = places.checkpoints.rglob("seed_3.npz")
    assert train_all(tmp_path, [3]) == [3]
    assert not kept.exists()


def test_who_waits_is_told_for_whom(tmp_path):
    file = tmp_path / "seed_0.lock"
    with claim(file), pytest.raises(Taken, match=r"process \d+ on "):
        # As another process would: a lock of its own.
        code = (
            "import sys; from pathlib import Path\n"
            "from logit_adjustment_kedro.training.claim import Taken, claim\n"
            "try:\n"
            "    with claim(Path(sys.argv[1])): pass\n"
            "except Taken as taken:\n"
            "    print(taken)\n"
        )
        arguments = [sys.executable, "-c", code, str(file)]
        environment = {"PYTHONPATH": ":".join(sys.path)}
        done = subprocess.run(
            arguments, env=environment, capture_output=True, text=True, check=True
        )
        raise Taken(done.stdout)


def test_a_process_that_was_killed_holds_nothing(tmp_path):
    file = tmp_path / "seed_0.lock"
    code = (
        "import sys, time; from pathlib import Path\n"
        "from logit_adjustment_kedro.training.claim import claim\n"
        "with claim(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(Taken), claim(file):
            pass
        process.kill()
        process.wait()
    with claim(file, wait=5):
        pass


def test_whoever_waits_goes_on_when_the_other_is_through(tmp_path):
    file = tmp_path / "seed_0.lock"
    held, seen = threading.Event(), []

    def hold():
        with claim(file):
            held.set()
            time.sleep(0.3)
            seen.append("first")

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    with claim(file, wait=10):
        seen.append("second")
    thread.join()
    assert seen == ["first", "second"]
