"""Jinja's templates; importing Jinja takes a while."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from jinja2 import Template


def template(
    name: str, package: str = __package__, *, escapes: bool = True, **filters: Callable
) -> "Template":
    """Returns a template.

    Args:
        name: that of its file.
        package: where the file lies.
        escapes: whether it escapes whatever it is given, as pages do.
        **filters: that it takes, beside those of this file.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(package, ""),
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    own = {"percent": _percent, "signed": _signed, "whole": _whole, "more": _more}
    environment.filters |= own | filters
    return environment.get_template(name)


def _percent(value: float, digits: int = 1) -> str:
    return "–" if pd.isna(value) else f"{100 * value:.{digits}f}"


def _signed(value: float) -> str:
    return "–" if pd.isna(value) else _more(100 * value)


def _whole(number: float) -> str:
    return f"{number:,.0f}"


def _more(number: float, digits: int = 1) -> str:
    return f"{number:+,.{digits}f}".replace("-", "−")
