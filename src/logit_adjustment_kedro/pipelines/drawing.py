"""The nodes that draw: they follow from the rows of `CHARTS`."""

from collections.abc import Iterable
from dataclasses import dataclass
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
            Drawing(name).draw,
            list(CHARTS[name].inputs),
            dataset_of(name),
            name=dataset_of(name),
        )
        for name in names
    ]


@dataclass(frozen=True)
class Drawing:
    """What draws a chart; Altair is imported when it does, and not before.

    Attributes:
        name: that of the chart in `CHARTS`.
    """

    name: str

    def draw(self, *inputs: Any) -> Any:
        """Returns the chart, as Altair has it, of the inputs that it is made of."""
        return draw(self.name, *inputs)
