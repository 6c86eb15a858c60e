"""A folder of somebody's logits, from one command to the report."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from bare_package import kedro, link_bare
from logit_adjustment_kedro.longtail import accuracy, adjust_logits, exponential_profile
from project_copies import Project, copy_project

COMMAND = ("run", "--env=logits", "--pipelines=logits")


@pytest.fixture(scope="module")
def fitted():
    """Class counts, and logits of logistic regression by the name of a file."""
    features, labels = load_digits(return_X_y=True)
    counts = exponential_profile(100, 10, 50)
    order = np.random.default_rng(0).permutation(len(labels))
    ranks = pd.Series(labels[order]).groupby(labels[order]).cumcount().to_numpy()
    train = order[ranks < counts[labels[order]]]
    aside = np.setdiff1d(order, train)
    model = LogisticRegression(max_iter=1000).fit(features[train] / 16, labels[train])
    logits = model.decision_function(features[aside] / 16)
    half = len(aside) // 2
    return counts, {
        "validation_digits.csv": (logits[:half], labels[aside][:half]),
        "test_digits.csv": (logits[half:], labels[aside][half:]),
    }


@pytest.fixture(scope="module")
def reported(fitted, tmp_path_factory) -> Project:
    """The project after the README's command, with the bare package alone."""
    place = tmp_path_factory.mktemp("logits")
    counts, files = fitted
    folder = place / "mine"
    folder.mkdir()
    names = [f"digit {n}" for n in range(10)]
    table = pd.DataFrame({"class_name": names, "count": counts})
    table.to_csv(folder / "counts.csv", index=False)
    for name, (logits, labels) in files.items():
        columns = {f"logit_{n}": logits[:, n] for n in range(10)}
        written = pd.DataFrame({"label": labels} | columns)
        written.to_csv(folder / name, index=False)
    (place / "packages").mkdir()
    link_bare(place / "packages")
    project = copy_project(place / "project")
    done = kedro(project, place / "packages", *COMMAND, f"--params=folder={folder}")
    assert done.returncode == 0, done.stdout + done.stderr
    return Project(project.path, said=done.stdout)


def test_the_table_has_the_model_and_what_adjustment_makes_of_it(reported, fitted):
    counts, files = fitted
    logits, labels = files["test_digits.csv"]
    table = pd.read_csv(
        reported.latest("08_reporting/logits/mine-*/**/method_table.csv")
    )
    rows = table.set_index(["method", "tau_choice"])["accuracy"]
    adjusted = "digits.posthoc_logit_adjusted"
    assert [*rows.index] == [
        ("digits", "fixed"),
        *((adjusted, choice) for choice in ("fixed", "validation", "oracle")),
    ]
    assert rows["digits", "fixed"] == pytest.approx(accuracy(logits, labels), abs=1e-6)
    expected = accuracy(adjust_logits(logits, counts), labels)
    assert rows[adjusted, "fixed"] == pytest.approx(expected, abs=1e-6)
    assert "digits, adjusted" in reported.said


def test_the_report_shows_what_predictions_tell_and_leaves_out_the_rest(reported):
    page = reported.latest("08_reporting/logits/mine-*/**/report.html").read_text()
    for name in ("tau", "tau_explorer", "confusion", "class_accuracy", "reliability"):
        assert f'id="{name}_chart"' in page
    assert "which tell nothing of weights and training" in page
    for name in ("weight_norm_chart", "training_curves_chart", "synthetic_chart"):
        assert name not in page
    assert "digit 9" in page


def test_the_bare_package_trains_nothing_and_says_what_to_install(reported):
    packages = reported.path.parent / "packages"
    assert not {"keras", "tensorflow", "tensorboard", "kedro_viz", "jupyterlab"} & {
        path.name for path in packages.iterdir()
    }
    done = kedro(reported, packages, "run", "--env=smoke")
    assert done.returncode == 1
    assert "Training needs keras, which is not installed. Install requ" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("env", ["logits", "base"])
def test_without_a_folder_the_command_that_gives_one_is_told(reported, env):
    done = reported.kedro("run", f"--env={env}", "--pipelines=logits")
    assert done.returncode == 1
    assert "--params=folder=PATH, with --env=logits" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_nothing_is_trained_in_the_environment_of_logits(reported, tmp_path):
    done = reported.kedro("run", "--env=logits", f"--params=folder={tmp_path}")
    assert done.returncode == 1
    told = "In this environment nothing is trained. Add --pipelines=logits"
    assert told in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_what_is_wrong_in_the_folder_is_told_in_one_line(reported, tmp_path):
    (tmp_path / "counts.csv").write_text("class_name,count\ncat,5\ndog,1\n")
    (tmp_path / "test.csv").write_text("label,logit_0,logit_1\n0,0.9,0.1\n1,0.2,0.8\n")
    done = reported.kedro(*COMMAND, f"--params=folder={tmp_path}")
    assert done.returncode == 1
    assert "which are probabilities: call them so" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
