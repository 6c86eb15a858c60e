"""The charts of few and of many classes, whose names are long."""

import html
import re
import struct
from functools import cache
from io import BytesIO
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import vl_convert
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from drawn_charts import all_rows
from logit_adjustment_kedro.charts import CHARTS, dataset_of, draw, figures
from logit_adjustment_kedro.datasets import AltairChartDataset
from logit_adjustment_kedro.evaluation.readings import Readings
from logit_adjustment_kedro.evaluation.tables import effective_probabilities
from logit_adjustment_kedro.longtail import exponential_profile
from readings_by_hand import answer, counts_of, readings_of

PAGE_WIDTH = 1120  # pixels
SMALL_MULTIPLES = ["class_accuracy", "weight_norm", "confusion"]


def name_of(label: int) -> str:
    return f"basophilic erythroblast {label}"


def readings_of_many(num_classes: int, most_images: int = 5000) -> Readings:
    """Three networks that are right; class 0 is the most frequent."""
    counts = counts_of(*exponential_profile(most_images, num_classes, 100))
    labels = range(num_classes)
    norms = {"seed": 0, "label": labels, "weight_norm": 1.0, "bias": 0.0}
    methods = ("erm", "balanced", "ldam", "logit_adjusted", "vs", "crt")
    return readings_of(
        [answer(2 * np.eye(num_classes, dtype=int), name) for name in methods],
        counts.assign(class_name=[name_of(label) for label in labels]),
        last_layers=pd.concat(
            [pd.DataFrame(norms).assign(method=name) for name in methods]
        ),
    )


def tau_table_of(num_classes: int, name=name_of) -> pd.DataFrame:
    """As `tables.tau_table` makes it, of two values of tau."""
    counts = exponential_profile(5000, num_classes, 100)
    rows = [("overall", "balanced", np.nan, np.nan)]
    rows += [("group", group, np.nan, np.nan) for group in ("head", "medium", "tail")]
    rows += [
        ("class", name(label), label + 1, count) for label, count in enumerate(counts)
    ]
    table = pd.DataFrame(rows, columns=["kind", "name", "class_rank", "count"])
    table = table.assign(method="posthoc_logit_adjusted", accuracy=0.5)
    return pd.concat([table.assign(tau=tau) for tau in (0, 1)], ignore_index=True)


@cache
def drawn_of_many(name: str, num_classes: int):
    if name == "tau_explorer":
        return draw(name, tau_table_of(num_classes))
    readings = readings_of_many(num_classes)
    return draw(name, effective_probabilities(readings) if name == "beta" else readings)


def width_of(chart) -> int:
    png = BytesIO()
    chart.save(png, format="png")
    return struct.unpack(">I", png.getvalue()[16:20])[0]


def in_svg(browser, chart, folder) -> None:
    """Opens a chart in the browser, and waits until it is drawn."""
    AltairChartDataset(filepath=str(folder / "chart.json")).save(chart)
    browser.get((folder / "chart.html").as_uri())
    WebDriverWait(browser, 30).until(
        lambda _: browser.find_elements(By.CSS_SELECTOR, "svg.marks")
    )


def told_at(browser, mark) -> str:
    ActionChains(browser).move_to_element(mark).perform()
    return (
        WebDriverWait(browser, 10)
        .until(
            lambda _: browser.find_element(
                By.CSS_SELECTOR, "#vg-tooltip-element.visible"
            )
        )
        .text
    )


@pytest.mark.parametrize("num_classes", [3, 20, 21, 1000])
@pytest.mark.parametrize("name", ["beta", "tau_explorer", *SMALL_MULTIPLES])
def test_a_chart_of_the_page_fits_it_whatever_the_number_of_classes(name, num_classes):
    assert width_of(drawn_of_many(name, num_classes)) <= PAGE_WIDTH


def test_figure_1_of_few_classes_has_a_bar_a_class_and_beta():
    svg = vl_convert.vegalite_to_svg(drawn_of_many("beta", 20).to_dict())

    bars = re.findall(r'aria-roledescription="bar"', svg)
    assert len(bars) == 20 * 4


def test_figure_1_of_few_classes_names_them_below_their_ranks():
    svg = vl_convert.vegalite_to_svg(drawn_of_many("beta", 20).to_dict())

    for label in range(20):
        assert f">{label + 1} · {name_of(label)}</text>" in svg


@pytest.mark.parametrize("num_classes", [21, 1000])
def test_figure_1_of_many_classes_has_a_line_a_beta(num_classes):
    svg = vl_convert.vegalite_to_svg(drawn_of_many("beta", num_classes).to_dict())

    lines = re.findall(r'aria-roledescription="line mark"', svg)
    assert len(lines) == 4


def test_figure_1_of_many_classes_tells_all_of_a_class_to_the_pointer(
    chromium, tmp_path
):
    in_svg(chromium, drawn_of_many("beta", 300), tmp_path)

    classes = chromium.find_elements(By.CSS_SELECTOR, "svg.marks .mark-rect path")
    assert len(classes) == 300
    told = told_at(chromium, classes[149])

    table = effective_probabilities(readings_of_many(300)).query("class_rank == 150")
    assert name_of(149) in told
    for row in table.itertuples():
        assert re.search(rf"β = {row.beta:g}:?\s+{row.probability:.3%}", told)


@pytest.mark.parametrize("num_classes", [3, 13, 20])
@pytest.mark.parametrize("name", [*SMALL_MULTIPLES, "per_class"])
def test_as_many_classes_as_there_is_room_for_are_drawn_singly(name, num_classes):
    rows = pd.DataFrame(all_rows(drawn_of_many(name, num_classes)))

    group = "true" if name == "confusion" else "group"
    names = rows[group].str.split(" · ").str[-1]
    assert set(names) == {name_of(label) for label in range(num_classes)}


@pytest.mark.parametrize("num_classes", [3, 20])
@pytest.mark.parametrize("name", SMALL_MULTIPLES)
def test_single_classes_have_their_names_on_the_axis(name, num_classes):
    svg = vl_convert.vegalite_to_svg(drawn_of_many(name, num_classes).to_dict())

    texts = [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)<", svg)]
    for label in range(num_classes):
        assert any(text.endswith(name_of(label)) for text in texts), label


@pytest.mark.parametrize("name", SMALL_MULTIPLES)
def test_groups_have_their_ranks_on_the_axis(name):
    svg = vl_convert.vegalite_to_svg(drawn_of_many(name, 100).to_dict())

    assert "basophilic" not in "".join(re.findall(r"<text[^>]*>([^<]*)<", svg))
    assert "1–10" in svg


@pytest.mark.parametrize("num_classes", [100, 1000])
@pytest.mark.parametrize("name", [*SMALL_MULTIPLES, "per_class"])
def test_a_group_tells_its_first_classes_and_that_there_are_more(name, num_classes):
    rows = pd.DataFrame(all_rows(drawn_of_many(name, num_classes)))

    groups = rows["true" if name == "confusion" else "group"].unique()
    assert len(groups) == 10
    for at, group in enumerate(groups):
        *_, names = group.split(" · ")
        first = at * num_classes // 10
        assert names.startswith(f"{name_of(first)}, {name_of(first + 1)}, ")
        assert names.endswith(", …")
        assert len(names) < 150


@pytest.mark.parametrize("num_classes", [10, 100])
@pytest.mark.parametrize("name", [*SMALL_MULTIPLES, "per_class"])
def test_the_pointer_is_told_the_name_of_a_class(chromium, tmp_path, name, num_classes):
    in_svg(chromium, drawn_of_many(name, num_classes), tmp_path)

    mark = "rect" if name == "confusion" else "symbol"
    marks = chromium.find_elements(By.CSS_SELECTOR, f"svg.marks .mark-{mark} path")
    assert re.search(r"basophilic erythroblast \d", told_at(chromium, marks[0]))


# Of the labels of an axis, those that are shown, with what they cover.
LABELS = """
return [...document.querySelectorAll("svg.marks .role-axis-label text")]
  .filter(label => getComputedStyle(label).opacity > 0 && label.textContent)
  .map(label => [label.textContent, label.getBoundingClientRect().toJSON()])
"""


def labels_in(browser) -> list[tuple[str, dict[str, float]]]:
    """What is written on the axes, and where; a label of three lines is one text."""
    return browser.execute_script(LABELS)


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["left"] < other["right"] - 1
        and other["left"] < one["right"] - 1
        and one["top"] < other["bottom"] - 1
        and other["top"] < one["bottom"] - 1
    )


@pytest.mark.parametrize("num_classes", [3, 10, 13, 40, 41, 100, 101, 1000])
@pytest.mark.parametrize("name", ["tau_explorer", "per_class"])
def test_no_label_of_a_class_lies_on_another(chromium, tmp_path, name, num_classes):
    in_svg(chromium, drawn_of_many(name, num_classes), tmp_path)

    labels = labels_in(chromium)

    assert len(labels) >= min(num_classes, 10)
    for (one, at), (other, where) in combinations(labels, 2):
        assert not overlap(at, where), f"{one} lies on {other}"


@pytest.mark.parametrize("name", SMALL_MULTIPLES)
def test_no_label_of_a_panel_lies_on_that_of_its_neighbour(chromium, tmp_path, name):
    in_svg(chromium, draw(name, readings_of_many(100, most_images=50_000)), tmp_path)

    labels = labels_in(chromium)

    assert len(labels) > 6
    for (one, at), (other, where) in combinations(labels, 2):
        assert not overlap(at, where), f"{one} lies on {other}"


@pytest.mark.parametrize(
    ("name", "num_classes"),
    [("tau_explorer", 3), ("tau_explorer", 10), ("tau_explorer", 100)]
    + [("per_class", 3), ("per_class", 10), ("per_class", 40)],
)
def test_the_axis_has_the_names_of_the_classes(chromium, tmp_path, name, num_classes):
    in_svg(chromium, drawn_of_many(name, num_classes), tmp_path)

    labels = " ".join(label for label, _ in labels_in(chromium))
    for label in range(num_classes):
        assert name_of(label) in labels


def test_short_names_stand_level():
    chart = draw("tau_explorer", tau_table_of(10, name=str))

    svg = vl_convert.vegalite_to_svg(chart.to_dict())

    assert "rotate(270)" not in svg


def test_of_very_many_classes_only_the_pointer_is_told_the_names(chromium, tmp_path):
    in_svg(chromium, drawn_of_many("tau_explorer", 1000), tmp_path)

    assert not [label for label, _ in labels_in(chromium) if "erythroblast" in label]
    bars = chromium.find_elements(By.CSS_SELECTOR, "svg.marks .mark-rect path")
    assert re.search(r"basophilic erythroblast \d", told_at(chromium, bars[500]))


def test_a_figure_of_the_page_may_have_more_classes_than_altair_likes():
    drawn = draw("tau_explorer", tau_table_of(5001))
    shown = {dataset_of(name): drawn for name in CHARTS}

    figure = figures(shown)[0]

    assert len(figure.specification["datasets"]) == 1
