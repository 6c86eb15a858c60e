"""The name of a class is anybody's text: no page takes it for a script."""

from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from drawn_charts import drawn, gaussians_table, invented, tables_of
from logit_adjustment_kedro.charts import CHARTS, dataset_of, draw, figures
from logit_adjustment_kedro.datasets import AltairChartDataset
from logit_adjustment_kedro.evaluation.page import render
from logit_adjustment_kedro.evaluation.readings import Readings
from logit_adjustment_kedro.evaluation.tables import (
    effective_probabilities,
    tau_table,
)

SCRIPTS = [
    "</script><script>window.evil = 1</script>",
    '<img src=x onerror="window.evil=1">',
    '"><svg onload=window.evil=1>',
    "<!--<script>window.evil = 1",
    "\\\"' + (window.evil = 1) + '",
]
# Those that tell the names of classes, and a mark of each to point at.
MARKS = {
    "per_class": ".role-mark.mark-symbol path",
    "tau_explorer": ".role-mark.mark-rect path",
    "class_accuracy": ".role-mark.mark-symbol path",
    "confusion": ".role-mark.mark-rect path",
    "weight_norm": ".role-mark.mark-symbol path",
    "beta": ".role-mark.mark-rect path",
}
ON_PAGE = [name for name in MARKS if CHARTS[name].section]


@pytest.fixture(scope="module")
def readings() -> Readings:
    """Those of ten classes, of which the second has no test image."""
    readings = invented(10, seeds=1)
    names = [f"{script}{label}" for label, script in enumerate(2 * SCRIPTS)]
    confusions = readings.confusions.copy()
    confusions[:, 1] = 0
    counts = readings.class_counts.assign(class_name=names)
    return replace(readings, class_counts=counts, confusions=confusions)


@pytest.fixture(scope="module")
def charts(readings):
    """Those that tell the names of classes."""
    inputs = {
        "readings": readings,
        "tau_table": tau_table(readings),
        "effective_probabilities": effective_probabilities(readings),
    }
    return {name: draw(name, *map(inputs.get, CHARTS[name].inputs)) for name in MARKS}


@pytest.fixture(scope="module")
def report(readings, charts, tmp_path_factory) -> Path:
    """The page of all methods."""
    shown = {dataset_of(name): drawn(name, 10, seeds=1) for name in CHARTS}
    shown |= {dataset_of(name): chart for name, chart in charts.items()}
    tables = tables_of(readings, gaussians_table())
    html = render(readings, tables, figures(shown))
    path = tmp_path_factory.mktemp("evil") / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


def open_page(browser, path: Path, drawings: int) -> None:
    """Opens a page, and waits for so many charts."""
    browser.get(path.as_uri())
    WebDriverWait(browser, 30).until(
        lambda _: len(drawings_of(browser)) == drawings, f"{path} is not drawn"
    )


def drawings_of(browser) -> list:
    return browser.find_elements(By.CSS_SELECTOR, "svg.marks, canvas.marks")


def tooltip_at(browser, selector: str) -> str:
    """What is told of the last mark, when the pointer is on it."""
    (*_, mark) = browser.find_elements(By.CSS_SELECTOR, selector)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", mark)
    ActionChains(browser).move_to_element(mark).perform()
    shown = WebDriverWait(browser, 10).until(
        lambda _: browser.find_element(By.CSS_SELECTOR, "#vg-tooltip-element.visible")
    )
    return shown.text


def no_script_ran(browser) -> bool:
    return browser.execute_script("return window.evil === undefined")


@pytest.mark.parametrize("name", MARKS)
def test_a_chart_runs_no_name_and_tells_it_to_the_pointer(
    chromium, charts, tmp_path, name
):
    AltairChartDataset(filepath=str(tmp_path / "chart.json")).save(charts[name])

    open_page(chromium, tmp_path / "chart.html", drawings=1)
    assert no_script_ran(chromium)
    told = tooltip_at(chromium, f"svg.marks {MARKS[name]}")

    assert any(script in told for script in SCRIPTS)
    assert no_script_ran(chromium)


def test_the_report_runs_no_name_and_tells_it_to_the_pointer(chromium, report):
    on_page = sum(chart.section is not None for chart in CHARTS.values())

    open_page(chromium, report, drawings=on_page)
    assert no_script_ran(chromium)
    told = {
        name: tooltip_at(chromium, f"#{dataset_of(name)} svg.marks {MARKS[name]}")
        for name in ON_PAGE
    }

    for name in ON_PAGE:
        assert any(script in told[name] for script in SCRIPTS), name
    assert no_script_ran(chromium)
