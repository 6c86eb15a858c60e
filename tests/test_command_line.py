"""What a person types, and gets."""

import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro import runs
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import METHODS, TABLE_1
from logit_adjustment_kedro.runs import Part, View
from project_copies import no_tensorflow_at


@pytest.fixture
def no_tensorflow(tmp_path):
    return no_tensorflow_at(tmp_path / "traps")


def test_a_run_ends_with_table_1_and_says_where_it_lies(smoke_run):
    table = pd.read_csv(smoke_run.latest("08_reporting/**/accuracy_table.csv"))
    assert table.columns.tolist() == ["method", "accuracy", "accuracy_std", "n_seeds"]
    assert table["method"].tolist() == list(TABLE_1)
    assert table["accuracy"].between(0, 1).all()
    assert (table["n_seeds"] == 2).all()

    lines = smoke_run.said.splitlines()
    for row in table.itertuples():
        title = METHODS[row.method].title
        (line,) = [line for line in lines if line.startswith("│") and title in line]
        assert f"{100 * row.accuracy:.1f} ± {100 * row.accuracy_std:.1f} " in line
    told = dict(line.split(": ", 1) for line in lines if ": data/" in line)
    charts = {told[what] for what in ("Figure 1", "Class by class")}
    assert len(charts) == 2
    assert all((smoke_run.path / path).is_file() for path in charts)


def test_catalog_names_that_others_rely_on(smoke_run):
    counts = pd.read_csv(smoke_run.latest("03_primary/digits_lt/class_counts.csv/*/*"))
    assert counts["count"].tolist() == exponential_profile(120, 10, 100).tolist()
    probabilities = pd.read_csv(
        smoke_run.latest("08_reporting/**/effective_probabilities.csv")
    )
    columns = ["class_rank", "class_name", "beta", "probability"]
    assert probabilities.columns.tolist() == columns
    stored = runs.open(smoke_run.path / "data/07_model_output/digits_lt/smoke/runs")
    assert [(run.setup.method, run.seed) for run in stored] == [
        *(("erm", 0), ("erm", 1)),
        *(("logit_adjusted", 0), ("logit_adjusted", 1)),
    ]
    for run in stored:
        assert run.logits[Part.TEST, View.PLAIN].shape == (500, 10)
        assert run.network().output.shape == (None, 10)
        curves = f"08_reporting/**/tensorboard/{run.setup.method}/*/seed_{run.seed}/*"
        assert smoke_run.latest(curves)


@pytest.mark.parametrize("option", ["--pipeline=reporting", "--pipelines=__default__"])
def test_what_is_stored_is_drawn_again_without_tensorflow(
    smoke_run, no_tensorflow, option
):
    before = smoke_run.latest("08_reporting/**/accuracy_table.csv")
    done = smoke_run.kedro("run", "--env=smoke", option, PYTHONPATH=no_tensorflow)
    assert done.returncode == 0, done.stdout + done.stderr
    after = smoke_run.latest("08_reporting/**/accuracy_table.csv")
    assert after != before
    pd.testing.assert_frame_equal(pd.read_csv(after), pd.read_csv(before))


def test_listing_the_pipelines_needs_no_tensorflow(project, no_tensorflow):
    done = project.kedro("registry", "list", PYTHONPATH=no_tensorflow)
    assert done.returncode == 0, done.stderr
    for name in ("__default__", "ingestion", "modeling", "reporting"):
        assert f"- {name}\n" in done.stdout
    assert "UserWarning" not in done.stdout + done.stderr


def test_the_same_seeds_give_the_same_predictions_twice(project, smoke_run):
    done = project.kedro(
        *("run", "--env=smoke", "--pipelines=ingestion,modeling"),
        "--params=training.seeds=1",
    )
    assert done.returncode == 0, done.stderr
    root = "data/07_model_output/digits_lt/smoke/runs"
    before, after = (runs.open(run.path / root) for run in (smoke_run, project))
    of_seed = (run for run in before if run.seed == 1)
    for first, again in zip(of_seed, after, strict=True):
        assert (first.setup, first.seed) == (again.setup, again.seed)
        for key in first.logits:
            np.testing.assert_array_equal(first.logits[key], again.logits[key])


def test_a_training_that_diverges_leaves_the_terminal_as_it_was(project):
    done = project.kedro(
        *("run", "--env=smoke", "--params=training.learning_rate.base=1e30"),
        TTY_COMPATIBLE="1",
        TTY_INTERACTIVE="1",
    )
    assert done.returncode == 1
    assert "the loss became" in done.stderr
    hidden, shown = "\x1b[?25l", "\x1b[?25h"
    assert done.stdout.count(hidden) == done.stdout.count(shown) > 0


def test_pipelines_are_made_without_a_warning(project):
    code = (
        "from logit_adjustment_kedro.pipeline_registry import register_pipelines;"
        "assert register_pipelines()"
    )
    subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code],
        cwd=project.path / "src",
        check=True,
    )


def test_a_url_that_leads_nowhere_is_named(project):
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        url = f"http://127.0.0.1:{server.server_port}"
        with_url = f"--params=records_url={url}"
        done = project.kedro("run", "--env=cifar10_lt", with_url, no_proxy="127.0.0.1")
        server.shutdown()
    assert f"Cannot fetch {url}/cifar10-lt_train.tfrecord" in done.stderr
    assert "Nothing is stored" not in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_embedded_default_shows_the_effect(project):
    """The claim of the paper, on three seeds, in a third of the recipe's epochs."""
    # To measure each epoch changes no weight, and takes half of the time.
    shorter = "--params=training.epochs=20,training.evaluate_every=20"
    done = project.kedro("run", shorter)
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(project.latest("08_reporting/**/accuracy_table.csv"))
    accuracy = table.set_index("method")["accuracy"]
    assert accuracy["logit_adjusted"] >= accuracy["erm"] + 0.03
    assert accuracy["posthoc_logit_adjusted"] >= accuracy["erm"] + 0.03


def test_a_recipe_of_one_run_may_mend_that_of_the_environment(project):
    file = project.path / "conf" / "smoke" / "globals.yml"
    file.write_text("dataset: digits_lt\nrecipe: nope")
    done = project.kedro(
        *("run", "--env=smoke", "--pipelines=ingestion", "--params=recipe=smoke")
    )
    assert done.returncode == 0, done.stderr


def test_single_nodes_and_tags_draw_what_is_stored(smoke_run):
    before = smoke_run.latest("08_reporting/**/accuracy_table.csv")
    for option in ("--nodes=accuracy_table", "--from-nodes=accuracy_table"):
        done = smoke_run.kedro("run", "--env=smoke", option)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Table 1" in done.stdout
    after = smoke_run.latest("08_reporting/**/accuracy_table.csv")
    assert after != before
    pd.testing.assert_frame_equal(pd.read_csv(after), pd.read_csv(before))


def test_the_package_runs_with_configuration_from_elsewhere(project, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "logit_adjustment_kedro", "--env=smoke"]
        + ["--pipelines=ingestion", f"--conf-source={project.path / 'conf'}"],
        cwd=tmp_path / "elsewhere",
        env=os.environ | {"PYTHONPATH": str(project.path / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.glob("elsewhere/data/03_primary/digits_lt/*/images.npy"))


def test_find_pipelines_finds_what_is_registered(project):
    code = (
        "from kedro.framework.project import configure_project, find_pipelines;"
        "configure_project('logit_adjustment_kedro');"
        "found = find_pipelines(raise_errors=True);"
        "names = {'ingestion', 'inspection', 'modeling', 'reporting', 'synthetic'};"
        "assert names <= {*found} and all(found[name].nodes for name in names)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=project.path / "src", check=True)
