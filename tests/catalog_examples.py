"""The entries of a catalog that the documentation of a dataset shows."""

import re
from typing import Any

import yaml
from kedro.io import AbstractDataset


def example(kind: type[AbstractDataset], **changed: Any) -> AbstractDataset:
    """Returns the dataset that the one example in its documentation describes."""
    (block,) = re.findall("```yaml\n(.*?)```", kind.__doc__, re.DOTALL)
    ((name, entry),) = yaml.safe_load(block).items()
    assert {*changed} <= {*entry}
    return AbstractDataset.from_config(name, entry | changed)
