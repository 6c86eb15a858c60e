"""How the nodes of the reporting are wired."""

from collections.abc import Callable, Iterable

from kedro.pipeline import Node, Pipeline

from ...charts import CHARTS, charts_of, charts_of_predictions, dataset_of
from ...evaluation import tables
from ...evaluation.by_class import class_table
from ...evaluation.gains import gain_table
from ...longtail.methods import ADJUSTED, TABLE_1, TRAINED
from .. import HELD_OUT, across_namespaces
from ..drawing import chart_nodes
from . import nodes

ON_EACH_PAGE = ("readings", "method_table", "gain_table", "class_table")


def create_pipeline(methods: Iterable[str] = TABLE_1) -> Pipeline:
    """Returns the pipeline from stored runs to Table 1, Figure 1 and their kin.

    ```
    train_set, test_set, validation_set, parameters ──┐
    <method>.runs of those trained ───────────────────┴─> read ──> readings ──> tables
                                                                            and charts
    ```

    Args:
        methods: whose runs are read; post-hoc methods are read out of those.
    """
    names = [name for name in methods if name in TRAINED]
    return _read(names) + Pipeline(_table_1(), tags="reporting")


def create_comparison_pipeline() -> Pipeline:
    """Returns the pipeline from stored runs to the report of all methods.

    It is that of Table 1 for every method, and

    ```
    readings ──> method_table, tau_table, charts ──> report <── those of synthetic
    ```
    """
    names = [*TRAINED, *(f"{name}{HELD_OUT}" for name in ADJUSTED)]
    shown = [dataset_of(name) for name, chart in CHARTS.items() if chart.section]
    page = (*ON_EACH_PAGE, "synthetic_table", *shown)
    return _read(names) + Pipeline(
        [
            *_table_1(),
            *_all_methods(),
            *chart_nodes(charts_of("methods")),
            Node(nodes.report, {name: name for name in page}, "report", name="report"),
        ],
        tags="reporting",
    )


def create_predictions_pipeline() -> Pipeline:
    """Returns the pipeline from predictions of other people's models to their report.

    ```
    predictions, parameters ──> readings ──> tables, charts ──> report
    ```
    """
    charts = charts_of_predictions()
    page = (*ON_EACH_PAGE, *map(dataset_of, charts))
    return Pipeline(
        [
            Node(
                nodes.read_predictions,
                ["predictions", "parameters"],
                "readings",
                name="read_predictions",
            ),
            *_all_methods(),
            _node(tables.per_class_accuracy),
            _node(tables.effective_probabilities),
            *chart_nodes(charts),
            Node(
                nodes.report_of_predictions,
                {name: name for name in page},
                "report",
                name="report",
            ),
        ],
        tags="reporting",
    )


def _read(names: list[str]) -> Pipeline:
    """Returns the node that reads the runs called `<name>.runs`."""
    given = ("train_set", "test_set", "validation_set", "parameters")
    inputs = {name: name for name in given} | {n: f"{n}_runs" for n in names}
    node = Node(nodes.read, inputs, "readings", name="read")
    with across_namespaces():
        runs = {f"{name}_runs": f"{name}.runs" for name in names}
        return Pipeline([node], inputs=runs, tags="reporting")


def _table_1() -> list[Node]:
    return [
        _node(tables.accuracy_table),
        _node(tables.per_class_accuracy),
        _node(tables.effective_probabilities),
        *chart_nodes(charts_of("table_1")),
    ]


def _all_methods() -> list[Node]:
    made = (tables.method_table, tables.tau_table, gain_table, class_table)
    return [_node(table) for table in made]


def _node(func: Callable) -> Node:
    """Makes a node from the readings to a table that is called as its function is."""
    return Node(func, "readings", func.__name__, name=func.__name__)
