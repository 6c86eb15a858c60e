"""Stores that cannot lie: what is read belongs to the present data and parameters."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from project_copies import Project

FUTURE = "2099-01-01T00.00.00.000Z"
REPORTS = "08_reporting/digits_lt/smoke"
REPORTING = ("run", "--env=smoke", "--pipelines=reporting")
TABLE = "--to-outputs=accuracy_table"  # and no chart, which takes seconds to draw


@pytest.fixture(scope="module")
def trained(smoke_run, tmp_path_factory) -> Project:
    """A copy of the smoke run, with two seeds trained, to do things to."""
    path = tmp_path_factory.mktemp("trained") / "project"
    shutil.copytree(smoke_run.path, path)
    return Project(path)


@pytest.fixture
def table_1(smoke_run) -> pd.DataFrame:
    return table(smoke_run)


def table(project: Project, version: str = "*") -> pd.DataFrame:
    return pd.read_csv(project.latest(f"{REPORTS}/accuracy_table.csv/{version}/*.csv"))


def run(project: Project, *arguments: str) -> str:
    done = project.kedro(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def stored_runs(project: Project) -> set[Path]:
    return set(project.path.glob("data/07_model_output/**/run.json"))


def test_what_else_is_trained_changes_no_reading(trained, table_1):
    before = stored_runs(trained)
    said = run(trained, "run", "--env=smoke", TABLE, "--params=training.seeds=0")
    assert stored_runs(trained) == before  # seed 0 was trained already
    assert (table(trained)["n_seeds"] == 1).all()
    assert "epochs are trained" not in said

    one_more = ("run", "--env=smoke", "--nodes=erm.train")
    run(trained, *one_more, "--params=training.learning_rate.base=0.5,training.seeds=3")
    assert len(stored_runs(trained) - before) == 1
    run(trained, *REPORTING, TABLE)
    pd.testing.assert_frame_equal(table(trained), table_1)


def test_what_was_never_trained_is_refused_and_the_nearest_is_told(trained):
    done = trained.kedro(*REPORTING, "--params=training.l2=0.001")
    assert done.returncode == 1
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert "training.l2 (asked: 0.001, stored: 0.0001)" in error
    assert "Traceback" not in done.stdout + done.stderr


def test_an_old_reading_is_drawn_again_as_it_was(trained, table_1):
    folder = trained.path / "data" / REPORTS / "readings"
    versions = sorted(path.name for path in folder.iterdir())
    run(trained, *REPORTING, TABLE, "--params=methods.posthoc_logit_adjusted.tau=0.3")
    assert not table(trained).equals(table_1)
    run(
        trained,
        *(*REPORTING, TABLE),
        "--from-inputs=readings",
        f"--load-versions=readings:{versions[0]}",
        "--params=training.seeds=0",
    )
    pd.testing.assert_frame_equal(table(trained), table_1)


@pytest.fixture(scope="module")
def said_in_trouble(trained) -> Iterator[str]:
    """What the reporting says where other runs have left things in its way.

    Newer versions of its tables, as where two runs end at once, or where the clock was
    set back; a write that was ended half-way by SIGTERM; data of an earlier layout.
    """
    reports = trained.path / "data" / REPORTS
    for name in ("accuracy_table.csv", "effective_probabilities.csv"):
        file = reports / name / FUTURE / name
        file.parent.mkdir()
        stored = pd.read_csv(trained.latest(f"{REPORTS}/{name}/2*/*.csv"))
        stored.assign(accuracy=0.999, probability=0.999).to_csv(file, index=False)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from logit_adjustment_kedro.files import replacing\n"
        "with replacing(Path(sys.argv[1])) as file:\n"
        "    file.write_text('method,accur')\n"
        "    os.kill(os.getpid(), 15)\n"
    )
    left = reports / "per_class_accuracy.csv" / FUTURE
    arguments = [sys.executable, "-c", code, str(left / "per_class_accuracy.csv")]
    subprocess.run(arguments, env=os.environ | {"PYTHONPATH": "src"}, cwd=trained.path)
    assert list(left.glob(".tmp-*"))
    old = trained.path / "data/07_model_output/digits_lt/smoke/erm/predictions.parquet"
    old.mkdir(parents=True)
    yield run(trained, *REPORTING)
    shutil.rmtree(old.parent)
    for folder in reports.rglob(FUTURE):
        shutil.rmtree(folder)


def test_a_newer_version_of_another_run_is_neither_read_nor_printed(
    trained, said_in_trouble, table_1
):
    assert "99.9" not in said_in_trouble and FUTURE not in said_in_trouble
    for accuracy in table_1["accuracy"]:
        assert f"{100 * accuracy:.1f}" in said_in_trouble
    chart = trained.latest(f"{REPORTS}/beta_chart.json/*/*.json")
    (rows,) = json.loads(chart.read_text())["datasets"].values()
    assert max(row["probability"] for row in rows) < 0.5


def test_what_a_killed_run_left_is_cleared_away_by_the_next(trained, said_in_trouble):
    assert not list(trained.path.glob("data/**/.tmp-*"))


def test_data_of_an_earlier_layout_is_told_of_in_one_line(said_in_trouble):
    said = " ".join(said_in_trouble.split())
    assert "earlier version of this project is not read. Remove data/03_primary" in said


def test_data_of_today_is_not_called_that_of_yesterday(smoke_run):
    assert "earlier version" not in smoke_run.said


def test_other_images_ask_for_other_runs(trained):
    catalog = trained.path / "conf/base/catalog_ingestion.yml"
    catalog.write_text(catalog.read_text().replace("n_max: 120", "n_max: 110"))
    profile = "--params=dataset.train_profile.n_max=110"
    run(trained, "run", "--env=smoke", "--pipelines=ingestion", profile)

    done = trained.kedro(*REPORTING)
    assert done.returncode == 1
    assert "class_counts (asked: (110, " in done.stderr


def test_two_runs_at_once_end_as_one_after_the_other(project, table_1):
    with ThreadPoolExecutor() as threads:
        pair = [threads.submit(run, project, "run", "--env=smoke") for _ in range(2)]
    trained = []
    for said in (one.result() for one in pair):
        trained += re.findall(r"Stored (\w+), seed", said)
        (path,) = re.findall(r"^Table 1: (\S+)$", said, re.M)
        pd.testing.assert_frame_equal(pd.read_csv(project.path / path), table_1)
    # Each of the two seeds was trained by one of the two runs alone.
    assert sorted(trained) == ["erm", "erm", "logit_adjusted", "logit_adjusted"]
    assert len(stored_runs(project)) == 4
    assert not list(project.path.glob("data/06_models/**/*.npz"))
