"""The nodes that draw: they follow from the rows of `CHARTS`."""

from collections.abc import Callable, Iterable
from typing import Any

from kedro.pipeline import Node

from ..charts import CHARTS, dataset_of, draw


def chart_nodes(names: Iterable[str]) -> list[Node]:
    """Returns a node for each of these charts, called as its dataset is.

    Args:
        names: of `CHARTS`.
    """
    return [
        Node(
            _drawer(name),
            list(CHARTS[name].inputs),
            dataset_of(name),
            name=dataset_of(name),
        )
        for name in names
    ]


def _drawer(name: str) -> Callable[..., Any]:
    """Returns the function that draws a chart.

    Altair is imported when it is called, and not before.
    """

    def draw_chart(*inputs: Any) -> Any:
        return draw(name, *inputs)

    # Kedro knows functions by their names.
    draw_chart.__name__ = draw_chart.__qualname__ = f"draw_{name}"
    return draw_chart
