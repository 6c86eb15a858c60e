"""The project in a folder of its own, run or not, and a browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from selenium import webdriver

# As in a run: before anything imports TensorFlow.
import logit_adjustment_kedro.settings  # noqa: F401
from project_copies import PATIENCE, Project, copy_project, no_tensorflow_at

HERE = Path(__file__).parent
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


def pytest_collection_modifyitems(items):
    """Begins with whole runs, and goes on with trainings: the end is of small files."""
    rooms = [HERE, HERE / "training"]
    items.sort(key=lambda item: [item.path.parent != room for room in rooms])


@pytest.fixture
def project(tmp_path) -> Project:
    """The project, with nothing run."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory, worker_id) -> Project:
    """The project after `kedro run --env=smoke`; for reading only.

    One process of the tests runs it, and each has a copy.
    """
    own = tmp_path_factory.getbasetemp()
    ran = (own if worker_id == "master" else own.parent) / "smoke_run"
    said = ran / "said.txt"
    with FileLock(f"{ran}.lock"):
        if not said.exists():
            run_smoke(ran / "project", said)
    path = tmp_path_factory.mktemp("smoke") / "project"
    return Project(shutil.copytree(ran / "project", path), said.read_text())


def run_smoke(path: Path, said: Path) -> None:
    """Runs it there; what is printed goes to a file, if it ends well."""
    shutil.rmtree(path, ignore_errors=True)
    # With a variable, so that one plain run is a fresh process, as a person's is.
    done = copy_project(path).kedro("run", "--env=smoke", COLUMNS="200")
    assert done.returncode == 0, done.stdout + done.stderr
    said.write_text(done.stdout)


@pytest.fixture(scope="session")
def comparison_run(tmp_path_factory) -> Project:
    """The project after a comparison of all methods; for reading only."""
    copied = copy_project(tmp_path_factory.mktemp("comparison") / "project")
    command = (
        *("run", "--env=smoke", "--pipelines=comparison"),
        "--params=held_out.fraction=0.2,synthetic.trials=5,training.seeds=0",
    )
    trained = copied.kedro(*command, "--to-nodes=read")
    assert trained.returncode == 0, trained.stdout + trained.stderr
    # Trained already, so that nothing needs TensorFlow.
    traps = no_tensorflow_at(tmp_path_factory.mktemp("traps"))
    done = copied.kedro(*command, PYTHONPATH=traps)
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
    browser.set_page_load_timeout(PATIENCE)
    yield browser
    browser.quit()
