"""Jinja's templates of the pages; importing Jinja takes a while."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from jinja2 import Template


def template(name: str) -> "Template":
    """Returns a template of this folder, which escapes whatever it is given."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "signed": _signed}
    return environment.get_template(name)


def _percent(value: float, digits: int = 1) -> str:
    return "–" if pd.isna(value) else f"{100 * value:.{digits}f}"


def _signed(value: float) -> str:
    return "–" if pd.isna(value) else f"{100 * value:+.1f}".replace("-", "−")
