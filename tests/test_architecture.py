"""Imports point one way: what is below does not know what is above."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGE = "logit_adjustment_kedro"
ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / PACKAGE
# Each room, and those that it may import beside itself and the files of the package's
# root that all share.
MAY_IMPORT = {
    "longtail": set(),
    "images": {"longtail"},
    "networks": set(),
    # A stored run reads its network when it is asked for.
    "runs": {"longtail", "images", "networks"},
    "training": {"longtail", "images", "networks", "runs"},
    "evaluation": {"longtail", "images", "runs"},
    "serving": {"longtail", "images", "networks", "runs", "training", "evaluation"},
    "charts": {"longtail", "evaluation", "runs"},
    "datasets": {"longtail", "images", "runs", "evaluation", "serving"},
    "pipelines": {
        *("longtail", "images", "runs", "training", "evaluation", "charts", "serving")
    },
}
SHARED = {"errors", "files", "parameters"}
WITHOUT_KEDRO = set(MAY_IMPORT) - {"datasets", "pipelines"}


def modules(room: str) -> list[Path]:
    return sorted((SOURCE / room).rglob("*.py"))


def imported(file: Path) -> set[tuple[str, ...]]:
    """The dotted names that a file imports, those of this package in full."""
    inside = file.is_relative_to(SOURCE)
    here = (PACKAGE, *file.relative_to(SOURCE).parent.parts) if inside else ()
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) + 1 - node.level] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            names |= {(*module, alias.name) for alias in node.names}
    return names


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_knows_those_below_it_alone(room):
    allowed = {room, *MAY_IMPORT[room], *SHARED, "__version__"}
    for file in modules(room):
        for name in imported(file):
            if name[0] == PACKAGE:
                assert name[1] in allowed, f"{file} imports {'.'.join(name)}"


def test_no_pipeline_imports_another():
    folders = {path.name for path in (SOURCE / "pipelines").iterdir() if path.is_dir()}
    for folder in folders:
        for file in modules(f"pipelines/{folder}"):
            others = {name[2] for name in imported(file) if name[1:2] == ("pipelines",)}
            assert not others & (folders - {folder}), file


@pytest.mark.parametrize("room", sorted(WITHOUT_KEDRO))
def test_no_room_below_the_pipelines_knows_kedro(room):
    for file in modules(room):
        assert not [name for name in imported(file) if name[0].startswith("kedro")]


def same(name: str) -> str:
    """Returns a distribution's name as package indexes compare it."""
    return re.sub("[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("src", ["train", "onnx", "litert", "dask"]),
        ("tests", ["train", "lab", "dev"]),
        ("benchmarks", ["train", "dev"]),
    ],
)
def test_what_is_imported_is_declared(folder, extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    lines = project["dependencies"] + [
        line for extra in extras for line in optional[extra]
    ]
    declared = {same(re.match(r"[\w.-]+", line)[0]) for line in lines}
    files = [*(ROOT / folder).rglob("*.py")]
    beside = (ROOT / "benchmarks").glob("*.py")  # tests read the pages as these do
    own = {PACKAGE, *(file.stem for file in (*files, *beside))}
    distributions = packages_distributions()
    for file in files:
        names = {name[0] for name in imported(file)}
        for name in names - own - sys.stdlib_module_names:
            made_by = {same(distribution) for distribution in distributions[name]}
            assert made_by & declared, f"{file} imports {name}"


def test_every_folder_is_a_room_of_the_plan():
    folders = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name[0] != "_"}
    assert folders == set(MAY_IMPORT)


IMPORT_EACH = f"""
import importlib, sys
for room in sys.argv[1:]:
    importlib.import_module(f"{PACKAGE}.{{room}}")
    # The next one has to do without what this one has imported of the package.
    for name in [name for name in sys.modules if name.startswith("{PACKAGE}")]:
        del sys.modules[name]
"""
TRAINERS = ("keras", "tensorflow")


# One process for all rooms with the same traps: each takes seconds to import NumPy,
# pandas and pydantic. That the engine trains without Kedro is tested in
# `training/test_training.py`.
@pytest.mark.parametrize(
    ("rooms", "traps"),
    [
        (("longtail.methods",), ("kedro", *TRAINERS, "altair", "pandas")),
        (
            ("longtail", "images", "networks", "runs", "training")
            + ("evaluation", "evaluation.tables", "charts")
            + ("serving", "serving.export"),
            ("kedro", *TRAINERS, "altair"),
        ),
        (("charts.beta",), ("kedro", *TRAINERS)),
        (("datasets", "pipeline_registry"), (*TRAINERS, "altair")),
    ],
    ids=lambda names: " ".join(names),
)
def test_rooms_can_be_used_without(tmp_path, rooms, traps):
    for trap in traps:
        (tmp_path / trap).mkdir()
        error = f"raise AssertionError('{trap} was imported')"
        (tmp_path / trap / "__init__.py").write_text(error)
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH, *rooms],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{SOURCE.parent}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
