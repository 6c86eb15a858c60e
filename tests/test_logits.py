"""A folder of somebody's logits, from one command to the report."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax
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
    """The project after the command of the page, with the bare package alone."""
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
        *((adjusted, choice) for choice in ("fixed", "validation", "oracle for all")),
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


@pytest.fixture(scope="module")
def new(fitted, tmp_path_factory):
    """The test logits without their labels, and a folder of them as of two seeds."""
    logits, _ = fitted[1]["test_digits.csv"]
    folder = tmp_path_factory.mktemp("new")
    table = pd.DataFrame({f"logit_{n}": logits[:, n] for n in range(10)})
    table.to_csv(folder / "new.csv", index=False)
    (folder / "seeds").mkdir()
    for seed, scale in enumerate((1, 2)):
        file = folder / "seeds" / f"test_digits_seed_{seed}.csv"
        (scale * table).to_csv(file, index=False)
    return folder


def predict(reported, given: str) -> tuple[str, ...]:
    params = f"--params=folder={reported.path.parent / 'mine'},{given}"
    return "run", "--env=logits", "--pipelines=predict_logits", params


def answers(reported) -> pd.DataFrame:
    return pd.read_csv(reported.latest("07_model_output/logits/mine-*/**/answers.csv"))


def test_new_logits_are_adjusted_and_answered_by_the_bare_package(
    reported, fitted, new
):
    packages = reported.path.parent / "packages"
    command = predict(reported, f"input={new / 'new.csv'}")
    done = kedro(reported, packages, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    counts, files = fitted
    logits, _ = files["test_digits.csv"]
    expected = softmax(adjust_logits(logits, counts), axis=1)
    table = answers(reported)
    assert table["row"].tolist() == [*range(len(logits))]
    best = expected.argmax(axis=1)
    assert table["class_name"].tolist() == [f"digit {n}" for n in best]
    np.testing.assert_allclose(table["probability"], expected.max(axis=1), rtol=1e-4)
    assert f"Answers: the first 10 of {len(logits)}" in done.stdout
    assert "Answers: data/07_model_output/logits/mine-" in done.stdout


def test_seeds_are_answered_by_their_mean_for_the_mix_and_tau_of_the_command(
    reported, fitted, new
):
    given = "target_prior=train,methods.posthoc_logit_adjusted.tau=0.5"
    done = reported.kedro(*predict(reported, f"input={new / 'seeds'},{given}"))
    assert done.returncode == 0, done.stdout + done.stderr
    logits, _ = fitted[1]["test_digits.csv"]
    expected = (softmax(logits, axis=1) + softmax(2 * logits, axis=1)) / 2
    np.testing.assert_allclose(
        answers(reported)["probability"], expected.max(axis=1), rtol=1e-4
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("target_prior=train", "Give it as --params=folder=PATH,input=NEW"),
        ("input=/nowhere/new.csv", "There is no file or folder at"),
        ("input={new}/new.csv,method=vs", "Expected posthoc_logit_adjusted, the one"),
        ("input={new}/new.csv,target_prior=test", "says nothing of new ones"),
    ],
)
def test_what_is_wrong_with_the_command_is_told_in_one_line(reported, new, given, told):
    before = {*reported.path.glob("data/07_model_output/**/*")}
    done = reported.kedro(*predict(reported, given.format(new=new)))
    assert done.returncode == 1
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stdout + done.stderr
    assert {*reported.path.glob("data/07_model_output/**/*")} == before


def test_predictions_of_images_lead_to_those_of_logits(reported, new):
    command = ("run", "--env=logits", "--pipelines=predict")
    done = reported.kedro(*command, f"--params=input={new / 'new.csv'}")
    assert done.returncode == 1
    assert "Use --pipelines=predict_logits" in done.stderr
