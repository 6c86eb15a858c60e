"""The notebook, run from its first cell to its last on what the smoke run stored."""

import base64
import os
import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image, ImageColor

from logit_adjustment_kedro.longtail.methods import METHODS, TABLE_1
from project_copies import PATIENCE, ROOT

NOTEBOOK = Path("notebooks", "results.ipynb")
OF_METHODS = ["#000000", "#E69F00", "#0072B2"]
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read(project: Path) -> NotebookNode:
    return nbformat.read(project / NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def results(smoke_run) -> dict[str, NotebookNode]:
    """What the last expression of each cell shows, by the id of the cell."""
    notebook = read(smoke_run.path)
    place = {"metadata": {"path": smoke_run.path / NOTEBOOK.parent}}
    client = NotebookClient(notebook, timeout=PATIENCE, resources=place)
    client.execute(env=os.environ | {"KEDRO_ENV": "smoke"})
    return {
        cell.id: output.data
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "execute_result"
    }


@pytest.fixture
def percent(smoke_run) -> dict[str, str]:
    """The accuracy of each method as Table 1 writes it."""
    table = pd.read_csv(smoke_run.latest("08_reporting/**/accuracy_table.csv/*/*"))
    accuracy = table.set_index("method")["accuracy"]
    return accuracy.mul(100).map("{:.1f}".format).to_dict()


def rows(html: str) -> list[list[str]]:
    """The texts of the cells of a table, row by row."""
    table = ElementTree.fromstring(re.search("<table.*</table>", html, re.S).group())
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]


def test_it_is_stored_with_results_of_the_default_and_no_log(results):
    notebook = read(ROOT)
    stored = {
        cell.id: cell.outputs for cell in notebook.cells if cell.get("outputs", [])
    }
    told = {output.output_type for outputs in stored.values() for output in outputs}
    assert told == {"execute_result", "display_data"}
    assert {*results} <= {*stored}
    (html,) = (output.data["text/html"] for output in stored["table-1"])
    erm, posthoc, loss = (row[1] for row in rows(html)[-len(TABLE_1) :])
    picture = (
        f"ERM {erm}, post-hoc logit adjustment {posthoc}, logit-adjusted loss {loss}"
    )
    assert picture in (ROOT / "README.md").read_text()


def test_table_1_is_shown_in_percent(results, percent):
    shown = rows(results["table-1"]["text/html"])

    expected = [[METHODS[method].title, text] for method, text in percent.items()]
    assert [row[:2] for row in shown[-len(TABLE_1) :]] == expected


@pytest.mark.parametrize(
    ("cell", "colours"),
    [
        ("figure-1", ["#6a00a8", "#fca636"]),  # of the first beta and the last
        ("per-class", OF_METHODS),
        ("curves", OF_METHODS),
    ],
)
def test_charts_are_pictures_that_any_viewer_shows(results, cell, colours):
    (kind,) = {*results[cell]} - {"text/plain"}
    assert kind == "image/png"
    picture = Image.open(BytesIO(base64.b64decode(results[cell][kind])))
    drawn = {colour for _, colour in picture.convert("RGB").getcolors(2**20)}
    assert {ImageColor.getrgb(colour) for colour in colours} <= drawn


def test_each_image_stands_beside_its_class_and_both_answers(results):
    html = results["images"]["text/html"]

    pictures = re.findall('src="data:image/png;base64,([^"]+)"', html)
    assert len(set(pictures)) == 10
    assert all(base64.b64decode(picture)[:8] == PNG_SIGNATURE for picture in pictures)
    head, *body = rows(re.sub("<img[^>]*>", "", html))
    assert head == ["Image", "Class", "Training images", "Before", "After, τ = 1"]
    for _, name, _, *answers in body:
        for answer in answers:
            predicted, mark = answer.split()
            assert mark == ("✓" if predicted == name else "✗")


def test_the_adjustments_of_tau_0_and_1_are_those_of_table_1(results, percent):
    by_tau = dict(row for row in rows(results["tau"]["text/html"]) if len(row) == 2)

    assert by_tau["0.0"] == percent["erm"]
    assert by_tau["1.0"] == percent["posthoc_logit_adjusted"]
