"""A folder of one's own features, by the command of docs/your-data.md."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from logit_adjustment_kedro import runs
from logit_adjustment_kedro.runs import Part, View
from project_copies import Project, copy_project

COUNTS = {"zero": 90, "one": 30, "two": 9}
QUICK = "training.samples=3000,training.batch_size=32,training.seeds=0"


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> tuple[Project, str]:
    """A project after that command and the inspection, and its parameters."""
    place = tmp_path_factory.mktemp("own")
    folder = place / "mine"
    folder.mkdir()
    pixels, digits = load_digits(n_class=3, return_X_y=True)
    rows = {"train": [], "test": []}
    for label, count in enumerate(COUNTS.values()):
        of_class = np.flatnonzero(digits == label)
        rows["train"] += [*of_class[:count]]
        rows["test"] += [*of_class[count : count + 80]]
    for part, chosen in rows.items():
        named = {"class_names": np.array([*COUNTS])} if part == "train" else {}
        arrays = {"features": pixels[chosen], "labels": digits[chosen]}
        np.savez(folder / f"{part}.npz", **arrays, **named)
    project, params = copy_project(place / "project"), f"--params=folder={folder}"
    params = f"{params},{QUICK}"
    command = ("run", "--env=features", "--pipelines=inspect,__default__", params)
    done = project.kedro(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    return Project(project.path, said=done.stdout), params


def test_a_folder_goes_from_one_command_to_table_1(own):
    project, _ = own
    table = pd.read_csv(
        project.latest("08_reporting/features/mine-*/linear/accuracy_table.csv/*/*")
    )
    assert table["method"].tolist() == [
        *("erm", "posthoc_logit_adjusted", "logit_adjusted")
    ]
    assert table["n_seeds"].tolist() == [1, 1, 1]
    assert (table["accuracy"] > 0.7).all()


def test_a_stored_network_takes_features_as_they_come(own):
    project, _ = own
    (folder,) = project.path.glob("data/07_model_output/features/mine-*/linear/runs")
    run, *_ = runs.open(folder)
    (images,) = {
        path
        for path in project.path.glob("data/03_primary/features/mine-*/*/images.npy")
        if len(np.load(path, mmap_mode="r")) == len(run.labels[Part.TEST])
    }
    logits = run.network().predict(np.load(images), verbose=0)
    stored = run.logits[Part.TEST, View.PLAIN]
    np.testing.assert_allclose(logits, stored, rtol=1e-4, atol=1e-4)


def test_new_features_are_answered_by_row_and_need_no_labels(own, tmp_path):
    project, params = own
    pixels, digits = load_digits(n_class=3, return_X_y=True)
    np.savez(tmp_path / "new.npz", features=pixels[-50:])
    params = f"{params},input={tmp_path / 'new.npz'}"
    done = project.kedro("run", "--env=features", "--pipelines=predict", params)
    assert done.returncode == 0, done.stdout + done.stderr
    answers = pd.read_csv(project.latest("07_model_output/features/**/answers.csv"))
    assert answers["row"].tolist() == [*range(50)]
    named = np.array([*COUNTS])[digits[-50:]]
    assert (answers["class_name"] == named).mean() > 0.7


def test_the_inspection_is_a_page_without_samples(own):
    project, _ = own
    page = project.latest("08_reporting/features/mine-*/inspection.html/*/*")
    assert "3 classes; 64 features a row." in page.read_text()


def test_what_does_not_go_with_the_training_part_is_told_in_one_line(own, tmp_path):
    project, _ = own
    for part, width in (("train", 3), ("test", 2)):
        features, labels = np.ones((4, width)), np.array([0, 1, 0, 1])
        np.savez(tmp_path / f"{part}.npz", features=features, labels=labels)
    done = project.kedro("run", "--env=features", f"--params=folder={tmp_path}")
    assert done.returncode == 1
    told = "test.npz: expected 3 features a row, as in the training set. Received: 2"
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stdout + done.stderr
