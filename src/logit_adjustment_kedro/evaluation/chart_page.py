"""A chart alone as one HTML file that opens without a network."""

from typing import Any

from .templates import template


def render(specification: dict[str, Any], name: str) -> str:
    """Returns the page.

    Args:
        specification: that of Vega-Lite.
        name: what a chart is called that does not describe itself.
    """
    import vl_convert

    return template("chart.html.jinja").render(
        caption=specification.get("description", name),
        specification=specification,
        vega=vl_convert.javascript_bundle(),
    )
