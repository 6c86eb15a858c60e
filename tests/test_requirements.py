"""What is locked is what pyproject.toml asks for, each package with its hashes."""

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.metadata import distribution

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from bare_package import needed
from project_copies import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SHARED = "requirements.txt"
# Each file, and the extras that it locks.
FILES = {
    SHARED: ["train", "lab"],
    "requirements-dev.txt": ["train", "lab", "dev"],
    "requirements-gpu.txt": ["train", "lab", "gpu"],
}
PIN = re.compile(
    r"(?P<pin>[a-z0-9-]+==[\w.]+(?: ; [\w.'<>=! ()]+?)?)"
    r"(?:\s+--hash=sha256:[0-9a-f]{64})+"
)
PYTHONS = [
    {"python_version": python, "python_full_version": f"{python}.9"}
    for python in ("3.11", "3.12", "3.13", "3.14")
    if f"{python}.9" in SpecifierSet(PROJECT["requires-python"])
]
SYSTEMS = [
    {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
    {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
]
ENVIRONMENTS = [python | system for python in PYTHONS for system in SYSTEMS]


def lines(file: str) -> list[str]:
    """What a file says without its comments, each requirement in a line."""
    text = (ROOT / file).read_text().replace("\\\n", "")
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


@cache
def pins(file: str) -> list[Requirement]:
    """What pip is told to install, that of the file that another reads included."""
    own = lines(file)
    read = [] if file == SHARED else pins(own.pop(0).removeprefix("-r "))
    return [*read, *(Requirement(PIN.fullmatch(line)["pin"]) for line in own)]


def installed_in(environment: dict[str, str], file: str) -> dict[str, Requirement]:
    """The pins that are for an environment, by name: no name has two."""
    found: dict[str, Requirement] = {}
    for pin in pins(file):
        if not pin.marker or pin.marker.evaluate(environment):
            assert pin.name not in found, pin
            found[pin.name] = pin
    return found


def asked(file: str) -> list[str]:
    """What pyproject.toml asks for where it stands for a file."""
    extras = PROJECT["optional-dependencies"]
    return sum((extras[extra] for extra in FILES[file]), PROJECT["dependencies"])


def test_these_are_all_files():
    assert {path.name for path in ROOT.glob("requirements*")} == set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_a_line_is_a_pin_with_hashes_and_nothing_else(file):
    first, *rest = lines(file)
    assert PIN.fullmatch(first) if file == SHARED else first == f"-r {SHARED}"
    assert rest
    for line in rest:
        assert PIN.fullmatch(line), line


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_locked_twice(file):
    twice = [pin for pin, times in Counter(map(str, pins(file))).items() if times > 1]
    assert not twice


@pytest.mark.parametrize("file", FILES)
def test_what_is_asked_for_is_locked_within_its_bounds(file):
    for environment in ENVIRONMENTS:
        locked = installed_in(environment, file)
        for requirement in map(Requirement, asked(file)):
            [pinned] = locked[canonicalize_name(requirement.name)].specifier
            assert pinned.version in requirement.specifier, requirement


@pytest.mark.parametrize("file", [file for file in FILES if "gpu" not in file])
def test_what_is_locked_is_asked_for_or_needed_by_what_is(file):
    """And what is needed is locked, as is seen from what is installed here."""
    names = {canonicalize_name(name) for name in needed(asked(file))}
    assert names == set(installed_in(default_environment(), file))


def test_the_libraries_of_a_gpu_are_locked():
    requirements = map(Requirement, distribution("tensorflow").requires)
    libraries = {
        canonicalize_name(each.name)
        for each in requirements
        if each.marker and "and-cuda" in str(each.marker)
    }
    assert libraries
    assert libraries <= {pin.name for pin in pins("requirements-gpu.txt")}
