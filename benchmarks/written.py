"""What stands in the pages for people: their blocks of code, commands and links."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "benchmarks" / "README.md",
]
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.M | re.S)
SPAN = re.compile(r"`([^`]+)`")
PROGRAMS = ("kedro", "python", "source", "pip", "pytest", "tensorboard", "dask", "ruff")
PROGRAMS += ("uv", "curl", "grep", "git")
COMMAND = re.compile(rf"(?:[A-Z_]+=\S+ )*(?:{'|'.join(PROGRAMS)}) ")


def page(name: str) -> Path:
    """Returns one of the pages, by its path from the root of the project."""
    (found,) = (path for path in PAGES if path == ROOT / name)
    return found


def name_of(path: Path) -> str:
    """Returns the path of a page from the root of the project."""
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


def commands(path: Path) -> list[str]:
    """Returns the commands of a page, in its blocks and its text, as they stand."""
    found = []
    text = path.read_text(encoding="utf-8")
    for match in re.finditer(f"{FENCE.pattern}|{SPAN.pattern}", text, re.M | re.S):
        language, code, span = match.groups()
        if language == "bash":
            lines = code.replace("\\\n", " ").splitlines()
            found += [re.sub(r"(^|\s)#.*", "", line) for line in lines]
        elif span and COMMAND.match(" ".join(span.split())):
            found.append(span)
    parts = (part.split() for command in found for part in command.split("&&"))
    return [" ".join(words) for words in parts if words]


def prose(path: Path) -> str:
    """Returns a page without its blocks of code."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))
