"""The comparison of all methods, as a person runs it and reads it."""

import re
import subprocess
import sys

import pandas as pd
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from logit_adjustment_kedro.charts import CHARTS, dataset_of
from logit_adjustment_kedro.longtail.methods import METHODS, POSTHOC
from project_copies import PATIENCE

MEASURES = [
    *("balanced_error", "head", "medium", "tail"),
    *("worst_class", "harmonic_mean", "calibration_error"),
]


@pytest.fixture(scope="module")
def method_table(comparison_run):
    return pd.read_csv(comparison_run.latest("08_reporting/**/method_table.csv/*/*"))


@pytest.fixture(scope="module")
def tau_table(comparison_run):
    return pd.read_csv(comparison_run.latest("08_reporting/**/tau_table.csv/*/*"))


@pytest.fixture(scope="module")
def page(comparison_run, chromium):
    """The report in a browser that reaches no network."""
    report = comparison_run.latest("08_reporting/**/report.html/*/*")
    chromium.get(report.as_uri())
    drawn = sum(chart.section is not None for chart in CHARTS.values())
    WebDriverWait(chromium, PATIENCE).until(
        lambda _: len(chromium.find_elements(By.CSS_SELECTOR, "figure svg")) == drawn
    )
    return chromium


def test_the_table_has_every_method_and_way_of_choosing_tau(method_table):
    rows = method_table.groupby("method", sort=False)["tau_choice"].apply(list)
    assert rows.to_dict() == {
        name: ["fixed", "held-out", "oracle for all"] if name in POSTHOC else ["fixed"]
        for name in METHODS
    }
    assert method_table[MEASURES].map(lambda value: 0 <= value <= 1).all(axis=None)
    assert (method_table["n_seeds"] == 1).all()


def test_the_run_ends_with_the_table_and_marks_the_oracle(comparison_run):
    assert "All methods" in comparison_run.said
    assert "Oracle: tau was chosen on the test set." in comparison_run.said
    (path,) = re.findall(r"^Report: (\S+)$", comparison_run.said, re.M)
    assert (comparison_run.path / path).is_file()


def test_the_table_is_made_anew_of_what_is_stored(comparison_run, method_table):
    done = comparison_run.kedro(
        *("run", "--env=smoke", "--pipelines=comparison_reporting"),
        *("--to-outputs=method_table", "--params=training.seeds=0"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    anew = pd.read_csv(comparison_run.latest("08_reporting/**/method_table.csv/*/*"))
    chosen = method_table["tau_choice"] != "held-out"
    expected = method_table[chosen].reset_index(drop=True)
    pd.testing.assert_frame_equal(anew, expected)


TABLES = ["method_table", "tau_table", "accuracy_table", "synthetic_table"]
PREVIEWS = (
    f"NAMES = {[*TABLES, *map(dataset_of, CHARTS)]}"
    + """
from pathlib import Path
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
bootstrap_project(Path.cwd())
with KedroSession.create(env="smoke") as session:
    catalog = session.load_context().catalog
    for name in NAMES:
        dataset = catalog[name]
        arguments = dataset.metadata["kedro-viz"].get("preview_args", {})
        assert len(str(dataset.preview(**arguments))) > 100, name
"""
)


def test_tables_and_charts_can_be_previewed_by_kedro_viz(comparison_run):
    done = subprocess.run(
        [sys.executable, "-c", PREVIEWS],
        cwd=comparison_run.path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_a_method_that_is_trained_is_not_trained_again(comparison_run):
    done = comparison_run.kedro("run", "--env=smoke", "--nodes=vs.train")
    assert done.returncode == 1  # it is no part of what `kedro run` runs
    done = comparison_run.kedro(
        *("run", "--env=smoke", "--pipelines=comparison", "--nodes=vs.train"),
        "--params=training.seeds=0",
    )
    assert done.returncode == 0
    assert "epoch" not in done.stdout


def test_the_page_asks_nothing_of_a_network(page):
    asked = "return performance.getEntriesByType('resource').map(entry => entry.name)"
    assert page.execute_script(asked) == []


def test_the_page_shows_the_table_as_it_is_stored(page, method_table):
    cells = [
        [cell.text for cell in row.find_elements(By.TAG_NAME, "td")]
        for row in page.find_elements(By.CSS_SELECTOR, "#method_table tbody tr")
    ]
    assert [row[0].partition(",")[0] for row in cells] == [
        METHODS[name].title for name in method_table["method"]
    ]
    shown = [float(row[2]) for row in cells]
    expected = (100 * method_table["balanced_error"]).round(1).tolist()
    assert shown == pytest.approx(expected, abs=0.051)
    oracles = page.find_elements(By.CSS_SELECTOR, "#method_table tr.oracle")
    assert len(oracles) == (method_table["tau_choice"] == "oracle for all").sum()


@pytest.mark.parametrize("tau", [0.0, 1.7, 4.0])
def test_the_slider_redraws_what_was_computed_in_python(page, tau_table, tau):
    (slider,) = page.find_elements(
        By.CSS_SELECTOR, "#tau_explorer_chart input[type=range]"
    )
    page.execute_script(
        "arguments[0].value = arguments[1];"
        "arguments[0].dispatchEvent(new Event('input', {bubbles: true}));",
        *(slider, tau),
    )
    adjusted = tau_table[tau_table["method"] == "posthoc_logit_adjusted"]
    at_tau = adjusted[(adjusted["tau"] - tau).abs() < 1e-9]
    expected = sorted(f"{100 * accuracy:.1f}%" for accuracy in at_tau["accuracy"])
    assert len(expected) == 1 + 3 + 10

    def shown(_):
        texts = page.find_elements(
            By.CSS_SELECTOR, "#tau_explorer_chart svg .mark-text text"
        )
        return sorted(
            text.text for text in texts if re.fullmatch(r"[\d.]+\.\d%", text.text)
        )

    WebDriverWait(page, PATIENCE).until(lambda _: f"τ = {tau:.2f}" in page.page_source)
    assert shown(page) == expected


def test_the_synthetic_pipeline_runs_on_its_own(project):
    done = project.kedro("run", "--pipelines=synthetic", "--params=synthetic.trials=2")
    assert done.returncode == 0, done.stdout + done.stderr
    table = pd.read_csv(project.latest("08_reporting/**/synthetic_table.csv/*/*"))
    erm = table[table["method"] == "erm"]["balanced_error"]
    assert erm.item() == pytest.approx(0.181, abs=0.02)


def test_the_science_needs_no_keras(project):
    script = (
        "import sys; import logit_adjustment_kedro.longtail.methods, "
        "logit_adjustment_kedro.longtail.metrics; "
        "assert not {'keras', 'tensorflow', 'altair'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=project.path / "src", check=True)
