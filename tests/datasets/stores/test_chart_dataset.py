import base64
import inspect
import json
import re
from html.parser import HTMLParser

import altair as alt
import pandas as pd
import pytest
from kedro.io import DatasetError, Version

from logit_adjustment_kedro.datasets import AltairChartDataset

TABLE = pd.DataFrame({"x": [1, 2], "y": [3, 4]})
BARS = alt.Chart(TABLE).mark_bar().encode(x="x:O", y="y:Q")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def dataset(tmp_path):
    return AltairChartDataset(filepath=str(tmp_path / "bars.json"))


@pytest.mark.parametrize(
    "chart",
    [BARS, BARS + BARS.mark_line(), BARS | BARS, BARS.facet("x:O")],
    ids=["plain", "layered", "side_by_side", "facets"],
)
def test_loads_the_chart_that_was_saved(dataset, chart):
    dataset.save(chart)

    loaded = dataset.load()

    assert type(loaded) is type(chart)
    assert loaded.to_dict() == chart.to_dict()


def test_writes_three_files_and_nothing_else(dataset, tmp_path):
    dataset.save(BARS)

    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"bars.json", "bars.html", "bars.png"}


def test_png_has_two_pixels_a_unit(tmp_path):
    charts = {"narrow": BARS.properties(width=200), "wide": BARS.properties(width=300)}
    widths = {}
    for name, chart in charts.items():
        AltairChartDataset(filepath=str(tmp_path / f"{name}.json")).save(chart)
        png = (tmp_path / f"{name}.png").read_bytes()
        assert png.startswith(PNG_SIGNATURE)
        widths[name] = int.from_bytes(png[16:20], "big")

    assert widths["wide"] - widths["narrow"] == 2 * 100


class Addresses(HTMLParser):
    """Collects what the tags of a page, not its scripts' text, make a browser fetch."""

    def __init__(self, html: str):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href")]


def test_html_needs_no_network(dataset, tmp_path):
    dataset.save(BARS)

    html = (tmp_path / "bars.html").read_text(encoding="utf-8")
    assert "vegaEmbed" in html
    assert Addresses(html).found == []
    assert not re.search(r"""(\bfrom|\bimport)\s*\(?\s*["']https?:""", html)
    assert not re.search(r"""@import|url\(\s*["']?https?:""", html)


class Scripts(HTMLParser):
    """Collects the texts of a page's scripts, as a browser would tell them apart."""

    def __init__(self, html: str):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.found.append(data)


def test_html_takes_no_text_of_a_chart_for_markup(dataset, tmp_path):
    texts = ["</script><script>evil()</script>", "<!--<script>", "a < b & c"]
    chart = alt.Chart(pd.DataFrame({"x": texts, "y": 1})).mark_bar().encode(x="x:N")
    embedded = {"embedOptions": {"renderer": "svg"}}
    chart = chart.properties(usermeta=embedded)
    dataset.save(chart)

    html = (tmp_path / "bars.html").read_text(encoding="utf-8")

    _, script = Scripts(html).found
    specification = re.search(r"const spec = (\{.*\});$", script, re.M).group(1)
    assert json.loads(specification) == chart.to_dict()
    assert json.loads(specification)["usermeta"] == embedded


def test_preview_is_the_stored_png(dataset, tmp_path):
    dataset.save(BARS)

    assert base64.b64decode(dataset.preview()) == (tmp_path / "bars.png").read_bytes()


def test_kedro_viz_takes_the_preview_for_an_image(dataset):
    assert inspect.signature(dataset.preview).return_annotation.__name__ == (
        "ImagePreview"
    )


def test_each_version_has_a_folder_and_the_latest_is_loaded(tmp_path):
    filepath = tmp_path / "bars.json"
    for number, width in enumerate((100, 200)):
        version = Version(load=None, save=f"2026-01-0{number + 1}T00.00.00.000Z")
        dataset = AltairChartDataset(filepath=str(filepath), version=version)
        dataset.save(BARS.properties(width=width))

    latest = AltairChartDataset(filepath=str(filepath), version=Version(None, None))

    assert latest.exists()
    assert latest.load().width == 200
    files = sorted(
        path.name for path in (filepath / dataset.resolve_save_version()).iterdir()
    )
    assert files == ["bars.html", "bars.json", "bars.png"]


def test_a_version_is_never_overwritten(tmp_path):
    version = Version(load=None, save="2026-01-01T00.00.00.000Z")
    AltairChartDataset(filepath=str(tmp_path / "bars.json"), version=version).save(BARS)

    again = AltairChartDataset(filepath=str(tmp_path / "bars.json"), version=version)

    with pytest.raises(DatasetError, match="must not exist"):
        again.save(BARS)


def test_exists_only_after_it_was_saved(dataset):
    assert not dataset.exists()
    dataset.save(BARS)
    assert dataset.exists()


def test_a_chart_that_cannot_be_drawn_leaves_no_file(dataset, tmp_path):
    of_nothing = alt.Chart(TABLE).mark_bar().encode(x="no_such_column")

    with pytest.raises(DatasetError, match="no_such_column"):
        dataset.save(of_nothing)

    assert not dataset.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_path_of_another_kind_is_refused():
    with pytest.raises(ValueError, match=r"ending in \.json. Received: bars\.png"):
        AltairChartDataset(filepath="bars.png")


@pytest.mark.filterwarnings("error::UserWarning")
def test_a_run_reads_and_shows_what_it_saved_though_another_saved_later(tmp_path):
    filepath = str(tmp_path / "bars.json")
    mine, other = (
        AltairChartDataset(filepath=filepath, version=Version(None, save))
        for save in ("2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z")
    )
    mine.save(BARS.properties(width=100))
    other.save(BARS.properties(width=200))
    assert mine.load().width == 100
    assert mine.preview() != other.preview()


def test_a_missing_picture_is_told_in_one_line(dataset, tmp_path):
    dataset.save(BARS)
    (tmp_path / "bars.png").unlink()
    with pytest.raises(DatasetError) as told:
        dataset.preview()
    assert str(told.value).startswith(
        f"Expected the chart stored in {tmp_path / 'bars.png'}, but there is no such"
    )
    assert "\n" not in str(told.value)
