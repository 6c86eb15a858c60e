"""The package with what it needs to read, and without what trains."""

import os
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path
from subprocess import CompletedProcess, run

from packaging.requirements import Requirement

from project_copies import PATIENCE, ROOT, Project


def needed(lines: Iterable[str], extras: Iterable[str] = ()) -> dict[str, Distribution]:
    """Returns the installed distributions that requirements stand for, and theirs."""
    found: dict[str, Distribution] = {}
    asked = [(Requirement(line), extras) for line in lines]
    done = set()
    while asked:
        requirement, of = asked.pop()
        environments = [{"extra": extra} for extra in ("", *of)]
        marker = requirement.marker
        if marker and not any(marker.evaluate(each) for each in environments):
            continue
        key = requirement.name, *sorted(requirement.extras)
        if key in done:
            continue
        done.add(key)
        found[requirement.name] = here = distribution(requirement.name)
        for line in here.requires or ():
            asked.append((Requirement(line), requirement.extras))
    return found


def link_bare(folder: Path) -> None:
    """Makes a folder of what `pip install .` would install, without any extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for installed in needed(project["dependencies"]).values():
        for top in {file.parts[0] for file in installed.files or ()} - {".."}:
            target = Path(installed.locate_file(top))
            if target.exists() and not (folder / top).exists():
                (folder / top).symlink_to(target)


def kedro(project: Project, packages: Path, *arguments: str) -> CompletedProcess:
    """Runs `kedro` with these packages alone."""
    return run(
        [sys.executable, "-S", "-m", "kedro", *arguments],
        cwd=project.path,
        env=os.environ | {"COLUMNS": "200", "PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
