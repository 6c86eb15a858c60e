"""Kedro-Viz on what the smoke run stored, as a person sees it in a browser."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pandas as pd
import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from logit_adjustment_kedro.longtail.methods import TABLE_1
from project_copies import PATIENCE

CHARTS = ("beta_chart", "learning_curves_chart", "per_class_chart")


@dataclass(frozen=True)
class Viz:
    """A running Kedro-Viz.

    Attributes:
        url: where it answers, without a slash at the end.
        command: the process id of `kedro viz run`, whose child is the server.
    """

    url: str
    command: int

    def get(self, path: str) -> dict:
        with urlopen(f"{self.url}/api/{path}", timeout=PATIENCE) as response:
            return json.load(response)

    def node_ids(self, *kind_and_name: str) -> list[str]:
        """Returns the ids of the nodes of a kind and name, or of all nodes."""
        return [
            node["id"]
            for node in self.get("main")["nodes"]
            if kind_and_name in ((), (node["type"], node["name"]))
        ]


def free_port() -> int:
    """Returns a port below 49152, as Kedro-Viz takes no other."""
    for port in range(24141, 25000):
        with socket.socket() as probe:
            if probe.connect_ex(("localhost", port)):
                return port
    raise OSError("no free port")


@pytest.fixture(scope="module")
def viz(smoke_run, tmp_path_factory) -> Iterator[Viz]:
    said = tmp_path_factory.mktemp("viz") / "said.txt"
    command = ["viz", "run", "--env=smoke", "--no-browser", f"--port={free_port()}"]
    # No proxy answers there, so Kedro-Viz cannot ask whether there is a newer one.
    offline = {"https_proxy": "http://localhost:9", "no_proxy": "localhost,127.0.0.1"}
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kedro", *command],
            cwd=smoke_run.path,
            env=os.environ | offline,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Viz(url_when_up(process, said), process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def url_when_up(process: subprocess.Popen, said: Path) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        found = re.search(r"is running at\s+(http://\S+:\d+)/", said.read_text())
        if found:
            return found.group(1).replace("127.0.0.1", "localhost")
        time.sleep(0.2)
    raise AssertionError(f"Kedro-Viz did not start:\n{said.read_text()}")


class Page:
    """The page of Kedro-Viz in a browser."""

    def __init__(self, browser: webdriver.Chrome, viz: Viz):
        self.viz = viz
        self.browser = browser
        self.wait_until = WebDriverWait(
            browser, PATIENCE, ignored_exceptions=[StaleElementReferenceException]
        ).until
        browser.get(f"{viz.url}/favicon.ico")
        # A person has closed the tour of the features, which covers the graph.
        browser.execute_script(
            "localStorage.KedroViz = JSON.stringify({showFeatureHints: false})"
        )

    def open(self, query: str = "") -> None:
        self.browser.get(f"{self.viz.url}/{query}")
        self.elements(".pipeline-node")

    def open_at(self, kind: str, name: str) -> None:
        """Opens the page with a node selected, and so its panel shown."""
        node_id = self.viz.node_ids(kind, name)[0]
        self.open(f"?pid=__default__&sid={node_id}")
        self.wait_for_panel(name)

    def elements(self, css: str) -> list[WebElement]:
        """Waits until there are such elements."""
        return self.wait_until(
            lambda page: page.find_elements(By.CSS_SELECTOR, css), f"no {css}"
        )

    def texts(self, css: str) -> list[str]:
        """Waits until there are such elements, and returns what one reads in them."""
        return self.wait_until(lambda _: [e.text for e in self.elements(css)])

    def click(self, css: str) -> None:
        """Clicks on the first such element, once it has come to rest."""
        seen = []

        def rests(_) -> bool:
            seen.append(self.elements(css)[0].rect)
            return seen[-1:] == seen[-2:-1]

        self.wait_until(rests)
        self.elements(css)[0].click()

    def wait_for_nodes(self, *names: str) -> None:
        """Waits until the graph, which moves at first, has these nodes."""
        self.wait_until(
            lambda _: set(self.texts(".pipeline-node")) >= set(names),
            f"not all of these nodes: {names}",
        )

    def wait_for_panel(self, name: str) -> None:
        title = ".pipeline-metadata--visible .pipeline-metadata__title"
        self.wait_until(lambda _: self.texts(title) == [name], f"no panel of {name}")


@pytest.fixture
def page(chromium, viz) -> Page:
    return Page(chromium, viz)


def test_the_graph_goes_from_the_sources_to_the_report(page):
    page.open()

    page.wait_for_nodes(
        *("train_source", "check_train_set", "train_set"),  # ingestion
        *("erm", "logit_adjusted"),  # modeling, folded
        *("read", "readings", "accuracy_table", *CHARTS),  # reporting
    )
    layers = page.texts(".pipeline-layer-name")
    assert layers == ["raw", "primary", "model_output", "reporting"]


def test_the_methods_unfold(page):
    page.open("?pid=__default__&expandAllPipelines=true")

    page.wait_for_nodes(
        "train",
        *(f"{method}.runs" for method in ("erm", "logit_adjusted")),
    )


def test_a_click_on_the_table_shows_its_rows(page, smoke_run):
    page.open()

    page.click("[data-node-type=data][data-node-fullname=accuracy_table]")
    page.wait_for_panel("accuracy_table")

    header = page.texts(".preview-table__header")
    cells = page.texts(".preview-table__data")
    shown = pd.DataFrame(
        [cells[i : i + len(header)] for i in range(0, len(cells), len(header))],
        columns=header,
    )
    stored = pd.read_csv(smoke_run.latest("08_reporting/**/accuracy_table.csv/*/*"))
    assert shown["method"].tolist() == list(TABLE_1)
    assert shown["accuracy"].astype(float).tolist() == stored["accuracy"].tolist()


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_shown_as_an_image(page, name):
    page.open_at("data", name)

    (image,) = page.elements(".pipeline-metadata__plot-image")
    assert image.is_displayed()
    page.wait_until(lambda _: image.get_property("complete"))
    assert image.get_property("naturalWidth") > 400


def test_typed_parameters_are_shown(page):
    page.open_at("parameters", "params:training")

    page.click(".node-ellipsis")
    shown = ["".join(text.split()) for text in page.texts(".variable-row")]
    assert '"network":"convnet"' in shown
    assert '"epochs":2' in shown


def test_every_node_can_be_looked_at_without_tensorflow(viz):
    for node_id in viz.node_ids():
        viz.get(f"nodes/{node_id}")

    children = Path(f"/proc/{viz.command}/task/{viz.command}/children")
    if not children.exists():
        pytest.skip("needs the /proc of Linux")
    loaded = {
        line.split()[-1]
        for process in children.read_text().split()
        for line in Path(f"/proc/{process}/maps").read_text().splitlines()
    }
    assert [library for library in loaded if "/pandas/" in library]
    assert not [library for library in loaded if "/tensorflow/" in library]
