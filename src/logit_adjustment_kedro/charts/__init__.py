"""The charts: one file each, drawn of readings or of tables made of them.

To add one, write its file, with a function `draw`, and its row in `CHARTS`: nodes,
catalog entries and the page follow. Altair takes two seconds to import, so the file of
a chart is imported when it is drawn, and not before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from ..evaluation.page import Figure

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True)
class Chart:
    """What is known of a chart before it is drawn.

    Attributes:
        inputs: the names, in the catalog, of what it is drawn of.
        caption: what it shows, in words, for those who cannot see it.
        pipeline: the one that draws it: `table_1`, `methods` or `gaussians`.
        section: the section of the page it stands in, of `page.SECTIONS`; None of a
            chart that is not on the page.
        of_training: whether it shows what predictions alone do not tell: weights, or
            the training.
    """

    inputs: tuple[str, ...]
    caption: str
    pipeline: str
    section: str | None
    of_training: bool = False


# By the names of their files, and on the page in this order.
CHARTS = {
    "per_class": Chart(
        inputs=("readings",),
        caption="Accuracy over class frequency, the methods of Table 1 side by side",
        pipeline="table_1",
        section=None,
    ),
    "learning_curves": Chart(
        inputs=("readings",),
        caption="Accuracy by epoch on test and training set, of the methods of Table 1",
        pipeline="table_1",
        section=None,
        of_training=True,
    ),
    "tau_explorer": Chart(
        inputs=("tau_table",),
        caption="Accuracy over all classes, by group and by class, for a slider's tau",
        pipeline="methods",
        section="tau",
    ),
    "tau": Chart(
        inputs=("readings",),
        caption="Error over tau for the methods that adjust logits",
        pipeline="methods",
        section="tau",
    ),
    "traffic": Chart(
        inputs=("readings",),
        caption="Accuracy of each method in the mix of classes of a slider",
        pipeline="methods",
        section="traffic",
    ),
    "class_accuracy": Chart(
        inputs=("readings",),
        caption="Accuracy on each class, a panel a method",
        pipeline="methods",
        section="classes",
    ),
    "confusion": Chart(
        inputs=("readings",),
        caption="Confusion matrices, a panel a method",
        pipeline="methods",
        section="classes",
    ),
    "weight_norm": Chart(
        inputs=("readings",),
        caption="Norms of the last layer's rows by class, a panel a method",
        pipeline="methods",
        section="classes",
        of_training=True,
    ),
    "beta": Chart(
        inputs=("effective_probabilities",),
        caption="Effective class probability by rank and beta",
        pipeline="table_1",
        section="classes",
    ),
    "reliability": Chart(
        inputs=("readings",),
        caption="Accuracy over confidence, a panel a method",
        pipeline="methods",
        section="confidence",
    ),
    "training_curves": Chart(
        inputs=("readings",),
        caption="Test accuracy by epoch, a panel a trained method",
        pipeline="methods",
        section="training",
        of_training=True,
    ),
    "synthetic": Chart(
        inputs=("synthetic_table",),
        caption="Balanced error over tau on two Gaussians",
        pipeline="gaussians",
        section="gaussians",
    ),
    "boundaries": Chart(
        inputs=("params:synthetic",),
        caption="Decision boundaries on two Gaussians",
        pipeline="gaussians",
        section="gaussians",
    ),
}


def charts_of(pipeline: str) -> list[str]:
    """Returns the names of the charts that a pipeline draws; see `Chart`."""
    return [name for name, chart in CHARTS.items() if chart.pipeline == pipeline]


def charts_of_predictions() -> list[str]:
    """Returns the names of the charts of the page that predictions suffice for."""
    return [
        name
        for name, chart in CHARTS.items()
        if chart.section and chart.pipeline != "gaussians" and not chart.of_training
    ]


def dataset_of(name: str) -> str:
    """Returns what the chart of a name is called in the catalog and on the page."""
    return f"{name}_chart"


def draw(name: str, *inputs: object) -> "alt.TopLevelMixin":
    """Draws a chart.

    Args:
        name: of `CHARTS`.
        *inputs: what the names in its `inputs` stand for.
    """
    chart = import_module(f".{name}", __name__).draw(*inputs)
    return chart.properties(description=CHARTS[name].caption)


def figures(drawn: Mapping[str, "alt.TopLevelMixin"]) -> list[Figure]:
    """Returns the charts of the page, each with its caption and its section.

    Args:
        drawn: by their names in the catalog; those that are not on the page are left
            out.
    """
    import altair as alt

    # Some data sets have more classes than the rows that Altair has a limit of.
    with alt.data_transformers.disable_max_rows():
        return [
            Figure(
                name=dataset_of(name),
                caption=chart.caption,
                section=chart.section,
                specification=drawn[dataset_of(name)].to_dict(),
            )
            for name, chart in CHARTS.items()
            if chart.section is not None and dataset_of(name) in drawn
        ]
