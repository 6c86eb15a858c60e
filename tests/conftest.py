"""A copy of the project in a folder of its own, and its command line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium import webdriver

# As in a run: before anything imports TensorFlow.
import logit_adjustment_kedro.settings  # noqa: F401

ROOT = Path(__file__).parent.parent
CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    "--window-size=1600,1000",
)
PARTS = ("conf", "notebooks", "src", "pyproject.toml", ".telemetry")


@dataclass(frozen=True)
class Project:
    """A project on disk.

    Attributes:
        path: its folder.
        said: what the run that made it printed.
    """

    path: Path
    said: str = ""

    def kedro(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Runs `kedro` there as a person would, on a wide terminal."""
        return subprocess.run(
            [sys.executable, "-m", "kedro", *arguments],
            cwd=self.path,
            env=os.environ | {"COLUMNS": "200"} | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def latest(self, pattern: str) -> Path:
        """Returns the newest of the files in `data/` that match a pattern."""
        return max(self.path.joinpath("data").glob(pattern))


def copy_project(to: Path) -> Project:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            shutil.copytree(source, to / part, ignore=ignored)
        elif source.exists():
            shutil.copy(source, to / part)
    return Project(to)


@pytest.fixture
def project(tmp_path) -> Project:
    """The project, with nothing run."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory) -> Project:
    """The project after `kedro run --env=smoke`; for reading only."""
    copied = copy_project(tmp_path_factory.mktemp("smoke") / "project")
    done = copied.kedro("run", "--env=smoke")
    assert done.returncode == 0, done.stdout + done.stderr
    return Project(copied.path, said=done.stdout)


@pytest.fixture(scope="session")
def comparison_run(tmp_path_factory) -> Project:
    """The project after a comparison of all methods; for reading only."""
    copied = copy_project(tmp_path_factory.mktemp("comparison") / "project")
    done = copied.kedro(
        "run",
        "--env=smoke",
        "--pipelines=comparison",
        "--params=held_out.fraction=0.2",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Project(copied.path, said=done.stdout)


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in CHROMIUM_FLAGS:
        options.add_argument(flag)
    browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
    browser.set_page_load_timeout(60)
    yield browser
    browser.quit()
