"""A catalog is made for every command: it must not wait for what few need."""

import subprocess
import sys
from pathlib import Path

import pytest

import logit_adjustment_kedro
from logit_adjustment_kedro import datasets

HEAVY = ("keras", "tensorflow", "altair", "sklearn")


def test_importing_datasets_leaves_heavy_packages_alone():
    code = (
        "import sys, logit_adjustment_kedro.datasets; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    source = Path(logit_adjustment_kedro.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=source,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", datasets.__all__)
def test_each_dataset_says_how_it_looks_in_a_catalog(name):
    dataset = getattr(datasets, name)
    assert f"type: logit_adjustment_kedro.datasets.{name}\n" in dataset.__doc__
