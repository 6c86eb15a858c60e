"""What holds of every chart, and of their registry."""

import struct
import subprocess
import sys
from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from drawn_charts import PANELS, TITLES, drawn, panel_rows, rows_of
from logit_adjustment_kedro import charts
from logit_adjustment_kedro.charts import CHARTS
from logit_adjustment_kedro.evaluation.page import SECTIONS

PAGE_WIDTH = 1120  # pixels
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
OF_READINGS = [name for name, chart in CHARTS.items() if chart.pipeline != "gaussians"]
ON_PAGE = [name for name in OF_READINGS if CHARTS[name].section]
ERM_BEHIND = [name for name in PANELS if name not in ("confusion", "tau")]


@cache
def png_of(name: str, num_classes: int, seeds: int = 3) -> bytes:
    png = BytesIO()
    drawn(name, num_classes, seeds, held_out=seeds > 1).save(png, format="png")
    return png.getvalue()


@pytest.mark.parametrize("name", CHARTS)
def test_every_row_of_the_registry_has_a_file_and_words(name):
    chart = CHARTS[name]
    assert Path(charts.__file__).with_name(f"{name}.py").is_file()
    assert chart.inputs
    assert len(chart.caption) > 20
    assert chart.pipeline in ("table_1", "methods", "gaussians")
    assert chart.section in (None, *SECTIONS)


@pytest.mark.parametrize("num_classes", [10, 100])
@pytest.mark.parametrize("name", OF_READINGS)
def test_a_chart_can_be_drawn_and_stays_below_the_limit_of_altair(name, num_classes):
    assert png_of(name, num_classes)[:8] == PNG_SIGNATURE
    datasets = drawn(name, num_classes).to_dict()["datasets"]
    assert sum(len(rows) for rows in datasets.values()) < 5000


@pytest.mark.parametrize("num_classes", [10, 100])
@pytest.mark.parametrize("name", [name for name in ON_PAGE if name != "beta"])
def test_a_chart_of_the_page_fits_it(name, num_classes):
    (width,) = struct.unpack(">I", png_of(name, num_classes)[16:20])
    assert 700 < width <= PAGE_WIDTH


@pytest.mark.parametrize("name", OF_READINGS)
def test_one_seed_and_nothing_held_out_can_be_drawn(name):
    assert png_of(name, 10, seeds=1)[:8] == PNG_SIGNATURE


@pytest.mark.parametrize("name", ["per_class", "class_accuracy", "weight_norm"])
def test_of_one_seed_no_standard_deviation_is_promised(name):
    promised = "standard deviation"
    assert promised in subtitle_of(drawn(name, 10))
    assert promised not in subtitle_of(drawn(name, 10, seeds=1))


def subtitle_of(chart) -> str:
    return str(chart.to_dict()["title"]["subtitle"])


@pytest.mark.parametrize(("name", "methods"), PANELS.items())
def test_each_method_has_a_panel_in_the_order_of_the_registry(name, methods):
    chart = drawn(name, 10)

    titles = [TITLES[method] for method in methods]
    assert chart.to_dict()["facet"]["sort"] == titles
    assert panel_rows(chart)["method"].unique().tolist() == titles


@pytest.mark.parametrize("name", ERM_BEHIND)
def test_erm_lies_behind_in_grey_in_every_panel(name):
    chart = drawn(name, 10)

    spec = chart.to_dict()
    grey = [at for at in spec["spec"]["layer"] if at["mark"].get("color") == "#A0A0A0"]
    assert grey
    own = [layer for layer in spec["spec"]["layer"] if "data" not in layer]
    for behind in grey:
        assert spec["spec"]["layer"].index(behind) < spec["spec"]["layer"].index(own[0])
        rows = pd.DataFrame(spec["datasets"][behind["data"]["name"]])
        pd.testing.assert_frame_equal(rows, rows_of(chart, "erm"), check_like=True)


def test_only_what_is_on_the_page_becomes_a_figure_of_it():
    chart = drawn("beta", 10)
    on_page = {name: row for name, row in CHARTS.items() if row.section}

    figures = charts.figures({charts.dataset_of(name): chart for name in CHARTS})

    assert [figure.name for figure in figures] == [f"{name}_chart" for name in on_page]
    captions = [figure.caption for figure in figures]
    assert captions == [row.caption for row in on_page.values()]
    assert "per_class" not in on_page


def run_in_a_process_of_its_own(code: str) -> None:
    code = f"import sys; sys.path[:0] = {sys.path!r}\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_altair_is_not_imported_before_a_chart_is_drawn():
    run_in_a_process_of_its_own(
        "import logit_adjustment_kedro.charts, logit_adjustment_kedro.evaluation\n"
        "assert not {'altair', 'jinja2', 'vl_convert'} & set(sys.modules)"
    )


def test_charts_and_tables_need_neither_keras_nor_kedro():
    run_in_a_process_of_its_own(
        "from drawn_charts import drawn\n"
        "from logit_adjustment_kedro.charts import CHARTS\n"
        "for name in CHARTS:\n"
        "    drawn(name, 10, seeds=1)\n"
        "loaded = {'tensorflow', 'keras', 'kedro'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
