"""The pages by keyboard alone, in narrow windows, and on dark and light screens."""

import io
from itertools import product

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from drawn_charts import drawn, gaussians_table, invented, tables_of
from logit_adjustment_kedro.charts import CHARTS, dataset_of, figures
from logit_adjustment_kedro.datasets import AltairChartDataset
from logit_adjustment_kedro.evaluation import inspection_page
from logit_adjustment_kedro.evaluation.inspection import inspect
from logit_adjustment_kedro.evaluation.page import render
from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail.groups import Groups

ON_PAGE = [dataset_of(name) for name, chart in CHARTS.items() if chart.section]
CHARTS_OF = {"report": ON_PAGE, "inspection": [], "explorer": ["chart"]}
SCHEMES = ("light", "dark")
LEGIBLE = 4.5  # WCAG 2.2, 1.4.3: the least contrast of small text


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    readings = invented(10)
    shown = figures({dataset_of(name): drawn(name, 10) for name in CHARTS})
    tables = tables_of(readings, gaussians_table())
    html = {
        "report": render(readings, tables, shown),
        "inspection": inspection_of_a_long_name(),
    }
    for name, text in html.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    explorer = AltairChartDataset(filepath=str(folder / "explorer.json"))
    explorer.save(drawn("tau_explorer", 10))
    return {name: (folder / f"{name}.html").as_uri() for name in CHARTS_OF}


def inspection_of_a_long_name() -> str:
    labels = np.arange(60) % 3
    pixels = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 3)).astype("uint8")
    names = ("long" * 30, "short", "thin")
    images = ImageSet(pixels, labels, names, origin="/a/folder" * 20)
    parts = {"train": images, "validation": images.take([]), "test": images}
    found = inspect(parts, Groups(by="rank", head=1, tail=3))
    return inspection_page.render(found, images, "default", None)


@pytest.fixture
def opened(chromium, pages):
    """Opens a page in a window of a width, on a dark or a light screen."""

    def open_page(name: str, width: int = 1400, scheme: str = "light"):
        size = {"width": width, "height": 900, "deviceScaleFactor": 2, "mobile": False}
        preferred = [{"name": "prefers-color-scheme", "value": scheme}]
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": preferred})
        chromium.get(pages[name])
        WebDriverWait(chromium, 30).until(
            lambda _: (
                len(chromium.find_elements(By.CSS_SELECTOR, "figure.chart svg"))
                == len(CHARTS_OF[name])
            )
        )
        return chromium

    yield open_page
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


SIDEWAYS = """
document.querySelectorAll("details").forEach((details) => details.open = true);
const wide = [...document.querySelectorAll("body *")].filter((element) =>
  getComputedStyle(element).overflowX === "auto"
  && element.scrollWidth > element.clientWidth);
return {
  page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  regions: wide.map((element) => [element.tabIndex, element.ariaLabel, element.role]),
};
"""


@pytest.mark.parametrize(("name", "width"), [*product(CHARTS_OF, [360, 1400])])
def test_what_is_wider_than_the_window_scrolls_in_a_region_with_a_name(
    opened, name, width
):
    found = opened(name, width).execute_script(SIDEWAYS)
    assert found["page"] == 0
    assert found["regions"] or width > 360
    for tab_index, label, role in found["regions"]:
        assert tab_index == 0
        assert label and label != "Vega visualization"
        assert role in ("region", "graphics-document")
    labels = [label for _, label, role in found["regions"] if role == "region"]
    assert len({*labels}) == len(labels)


FOCUS = """
const all = [...document.querySelectorAll("a, input, summary, [tabindex]")];
const shown = all.filter((element) => element.checkVisibility());
const style = getComputedStyle(document.activeElement);
const ring = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
return [shown.length, shown.indexOf(document.activeElement), ring];
"""


@pytest.mark.parametrize("name", CHARTS_OF)
def test_tab_goes_through_all_in_the_order_of_the_page_and_is_seen(opened, name):
    page = opened(name)
    total, *_ = page.execute_script(FOCUS)
    assert total >= 1 + 3 * len(CHARTS_OF[name]) // 2
    for expected in range(total):
        ActionChains(page).send_keys(Keys.TAB).perform()
        _, at, ring = page.execute_script(FOCUS)
        assert at == expected
        assert ring >= 2


COLOURS = """
document.querySelectorAll("details").forEach((details) => details.open = true);
const shown = [...document.querySelectorAll("body *:not(svg *, script, style)")]
  .filter((element) => [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
const behind = (element) => {
  const colour = element ? getComputedStyle(element).backgroundColor : "rgb(0, 0, 0)";
  return colour === "rgba(0, 0, 0, 0)" ? behind(element.parentElement) : colour;
};
return shown.map((element) =>
  [element.textContent, getComputedStyle(element).color, behind(element)]);
"""


def luminance(rgb: np.ndarray) -> np.ndarray:
    """That of WCAG, of colours from 0 to 255."""
    share = np.asarray(rgb) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(*colours) -> float:
    dark, light = sorted(luminance(np.asarray(colours)))
    return (light + 0.05) / (dark + 0.05)


def rgb(colour: str) -> list[float]:
    assert colour.startswith("rgb(")
    return [float(part) for part in colour[4:-1].split(",")]


@pytest.mark.parametrize(("name", "scheme"), [*product(CHARTS_OF, SCHEMES)])
def test_text_stands_out_on_either_screen(opened, name, scheme):
    texts = opened(name, scheme=scheme).execute_script(COLOURS)
    assert len(texts) > 2
    for text, colour, behind in texts:
        assert contrast(rgb(colour), rgb(behind)) >= LEGIBLE, text
        assert (luminance(rgb(behind)) > 0.5) == (scheme == "light")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_axes_of_each_chart_stand_out_on_either_screen(opened, scheme):
    """By the pixels of a label, as a style may change colours after they are set."""
    page = opened("report", scheme=scheme)
    for name in ON_PAGE:
        labels = page.find_elements(By.CSS_SELECTOR, f"#{name} .role-axis-label text")
        label = next(label for label in labels if label.text.strip())
        page.execute_script("arguments[0].scrollIntoView({block: 'center'})", label)
        png = io.BytesIO(label.screenshot_as_png)
        pixels = np.asarray(Image.open(png).convert("RGB")).reshape(-1, 3)
        ordered = pixels[np.argsort(luminance(pixels))]
        assert contrast(ordered[0], ordered[-1]) >= LEGIBLE, name
        assert (np.median(luminance(pixels)) > 0.5) == (scheme == "light"), name


def numbers_of(page, chart: str) -> tuple:
    """The folded table of a chart, and what folds it."""
    (details,) = page.find_elements(By.CSS_SELECTOR, f"#{chart} + details")
    return details, details.find_element(By.TAG_NAME, "summary")


def rows_in(page, details) -> list[list[str]]:
    return page.execute_script(
        "return [...arguments[0].querySelectorAll('tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))",
        details,
    )


# Near the start of a mark, as a line tells what it is near its points alone: a place
# where nothing lies on it, and that is no gap of a dashed line.
PLACE = """
const [mark] = arguments;
mark.scrollIntoView({block: "center"});
for (let at = 0; at < 1; at += 0.001) {
  const point = mark.getPointAtLength(at * mark.getTotalLength());
  const {x, y} = point.matrixTransform(mark.getScreenCTM());
  const place = [Math.round(x), Math.round(y)]; // a pointer is at whole pixels
  if (document.elementFromPoint(...place) === mark) return place;
}
"""


@pytest.mark.parametrize("chart", ON_PAGE)
def test_what_the_pointer_is_told_is_in_a_table_that_a_key_opens(opened, chart):
    page = opened("report")
    details, summary = numbers_of(page, chart)
    assert rows_in(page, details) == []
    summary.send_keys(Keys.ENTER)
    WebDriverWait(page, 10).until(lambda _: rows_in(page, details))

    marks = f"#{chart} svg :is(.mark-rect, .mark-symbol, .mark-line).role-mark path"
    mark = page.find_elements(By.CSS_SELECTOR, marks)[-1]
    pointed = ActionBuilder(page)
    pointed.pointer_action.move_to_location(*page.execute_script(PLACE, mark))
    pointed.perform()
    told = WebDriverWait(page, 10).until(
        lambda _: page.find_elements(
            By.CSS_SELECTOR, "#vg-tooltip-element.visible .value"
        )
    )
    assert [value.text for value in told] in rows_in(page, details)


@pytest.mark.parametrize("chart", ["tau_explorer_chart", "traffic_chart"])
def test_arrow_keys_move_the_slider_and_its_table(opened, chart):
    page = opened("report")
    details, summary = numbers_of(page, chart)
    summary.send_keys(Keys.ENTER)
    before = WebDriverWait(page, 10).until(lambda _: rows_in(page, details))

    (slider,) = page.find_elements(By.CSS_SELECTOR, f"#{chart} input")
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)

    WebDriverWait(page, 10).until(lambda _: rows_in(page, details) != before)
    assert len(rows_in(page, details)) == len(before)
    assert page.switch_to.active_element == slider
