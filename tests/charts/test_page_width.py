"""How the page fits a window, be it wide or narrow, and what is told fits there."""

from dataclasses import replace

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from drawn_charts import drawn, gaussians_table, invented, tables_of
from logit_adjustment_kedro.charts import CHARTS, dataset_of, draw, figures
from logit_adjustment_kedro.evaluation.page import render
from logit_adjustment_kedro.evaluation.readings import Readings
from logit_adjustment_kedro.longtail import exponential_profile
from readings_by_hand import counts_of, make_parameters

WIDTHS = """
const shown = (selector) => [...document.querySelectorAll(selector)];
const table = document.getElementById("method_table");
return {
  window: document.documentElement.clientWidth,
  page: document.documentElement.scrollWidth,
  table: table.getBoundingClientRect().right,
  cut: table.parentElement.clientWidth < table.parentElement.scrollWidth,
  text: Math.max(...shown("p").map((p) => p.getBoundingClientRect().width)),
};
"""


# Charts of a hundred classes, whose groups tell the names of some of them.
GROUPED = {
    "class_accuracy": ".role-mark.mark-symbol path",
    "confusion": ".role-mark.mark-rect path",
}
CUT = """
const cells = [...document.querySelectorAll("#vg-tooltip-element td")];
return cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1
  || cell.scrollHeight > cell.clientHeight + 1).map((cell) => cell.textContent);
"""


def with_long_names(readings: Readings) -> Readings:
    names = "polychromatophilic erythroblast " + readings.class_counts["class_name"]
    return replace(
        readings, class_counts=readings.class_counts.assign(class_name=names)
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A page whose table has all of the columns that there can be, and groups."""
    # Of this data set, results were published.
    parameters = make_parameters(10, dataset="cifar10_lt")
    counts = counts_of(*exponential_profile(5000, 10, 100))
    readings = replace(invented(10), parameters=parameters, class_counts=counts)
    tables = tables_of(readings, gaussians_table())
    tables.methods["mirrored_accuracy"] = tables.methods["accuracy"]
    shown = {dataset_of(name): drawn(name, 10) for name in CHARTS}
    for name in GROUPED:
        shown[dataset_of(name)] = draw(name, with_long_names(invented(100)))
    path = tmp_path_factory.mktemp("page") / "report.html"
    html = render(readings, tables, figures(shown))
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture
def widths_in(chromium, report):
    """Opens the page in a window of a width, and measures what there is in it."""
    whole = chromium.get_window_size()

    def measure(width: int) -> dict[str, float]:
        emulated = {"width": width, "height": 1000, "deviceScaleFactor": 1}
        chromium.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", emulated | {"mobile": False}
        )
        chromium.get(report.as_uri())
        return chromium.execute_script(WIDTHS)

    yield measure
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert chromium.get_window_size() == whole


@pytest.mark.parametrize("width", [1400, 1920, 3840])
def test_a_wide_window_shows_all_columns(widths_in, width):
    widths = widths_in(width)

    assert widths["window"] >= width - 20  # but for a scroll bar
    assert not widths["cut"]
    assert widths["table"] <= widths["window"]
    assert widths["page"] == widths["window"]
    assert widths["text"] < 800  # lines of text stay short


@pytest.mark.parametrize("width", [360, 768, 1024])
def test_in_a_narrow_window_the_table_is_scrolled_and_the_page_is_not(widths_in, width):
    widths = widths_in(width)

    assert widths["cut"]
    assert widths["page"] == widths["window"] <= width


@pytest.mark.parametrize("name", GROUPED)
def test_the_names_of_a_group_are_told_whole(chromium, report, name):
    chromium.get(report.as_uri())
    marks = WebDriverWait(chromium, 30).until(
        lambda _: chromium.find_elements(
            By.CSS_SELECTOR, f"#{dataset_of(name)} svg {GROUPED[name]}"
        )
    )
    chromium.execute_script("arguments[0].scrollIntoView({block: 'center'})", marks[0])
    ActionChains(chromium).move_to_element(marks[0]).perform()
    told = WebDriverWait(chromium, 10).until(
        lambda _: chromium.find_element(By.CSS_SELECTOR, "#vg-tooltip-element.visible")
    )

    assert told.text.count("polychromatophilic erythroblast class") > 2
    assert chromium.execute_script(CUT) == []
