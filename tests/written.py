"""What stands in the pages for people: their blocks of code, commands and links."""

import re
from pathlib import Path

from project_copies import ROOT

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "benchmarks" / "README.md",
]
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.M | re.S)


def page(name: str) -> Path:
    """Returns one of the pages, by its path from the root of the project."""
    (found,) = (path for path in PAGES if path == ROOT / name)
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    """Returns the blocks of code of a language on a page."""
    found = FENCE.findall(path.read_text(encoding="utf-8"))
    return [code for named, code in found if named == language]


def languages(path: Path) -> list[str]:
    """Returns the language of each block of code on a page."""
    return [named for named, _ in FENCE.findall(path.read_text(encoding="utf-8"))]


def block(name: str, mark: str) -> str:
    """Returns the one block of Python of a page that has a mark in it."""
    (code,) = (code for code in blocks(page(name), "python") if mark in code)
    return code


def prose(path: Path) -> str:
    """Returns a page without its blocks of code."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))
