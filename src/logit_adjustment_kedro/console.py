"""The results of a run, as the terminal shows them."""

import logging
import shlex
from collections.abc import Mapping, Sequence, Set
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
from kedro.io import CatalogProtocol
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .datasets.stores.versioned import VersionedStore
from .evaluation import Choice, Readings
from .runs.run import NETWORK_FILE
from .serving.export import CARD_FILE

ORACLE_NOTE = "Oracle: tau was chosen on the test set. That is a bound, and no result."
TABLE_1_COLUMNS = {
    "target_accuracy": "Accuracy in the mix",
    "balanced_accuracy": "Balanced accuracy",
    "accuracy": "Accuracy",
    "n_seeds": "Seeds",
    "mirrored_accuracy": "With mirrored view",
}
ERROR_COLUMNS = {"target_error": "Error in mix", "balanced_error": "Balanced error"}
SPREAD_NOTE = "±: the standard deviation over the seeds."
INSPECTS = "--pipelines=inspect"
MOST_SHOWN = 10  # rows, or classes, of answers
GROUP_COLUMNS = {"head": "Head", "medium": "Medium", "tail": "Tail"}
FILES = (
    ("Inspection", "inspection", ".html"),
    ("Table 1", "accuracy_table", ".csv"),
    ("Figure 1", "beta_chart", ".html"),
    ("Class by class", "per_class_chart", ".html"),
    ("Epoch by epoch", "learning_curves_chart", ".html"),
    ("All methods", "method_table", ".csv"),
    ("Report", "report", ".html"),
    ("Answers", "answers", ".csv"),
)


def show_names_as_they_are() -> None:
    """Has the log show what this package says letter by letter.

    Kedro's log has rich read its marks, such as `[red]`; names of files may look alike.
    """
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_marks)


def _without_marks(record: logging.LogRecord) -> bool:
    if record.name.startswith(__package__):
        record.markup = False
    return True


def print_results(outputs: Set[str], catalog: CatalogProtocol) -> None:
    """Prints the tables among the outputs of a run, and where the files lie."""
    console = Console()
    if "accuracy_table" in outputs:
        readings = catalog.load("readings")
        console.print(_table_1(catalog.load("accuracy_table"), readings.titles))
        networks = _networks(readings, catalog.load("run_store").root)
        remarks = [
            *_tried(readings),
            *_tested_on(readings),
            *_made_differently(readings.made_with),
        ]
        for line in (*remarks, *networks):
            console.print(line, soft_wrap=True, markup=False)
    if "method_table" in outputs:
        titles = catalog.load("readings").titles
        console.print(_all_methods(catalog.load("method_table"), titles))
    if "answers" in outputs:
        answers = catalog.load("answers")
        console.print(_answers(answers))
        console.print(_counted(answers), soft_wrap=True, markup=False)
    if "exported" in outputs:
        exported, path = catalog.load("exported"), catalog.get("exported").stored_path()
        for line in _exported(exported["written"], _from_here(path)):
            console.print(line, soft_wrap=True, markup=False)
    for caption, name, suffix in FILES:
        if name not in outputs:
            continue
        dataset = catalog.get(name)
        if not isinstance(dataset, VersionedStore):
            continue
        shown = _from_here(dataset.stored_path().with_suffix(suffix))
        # A path may hold what rich would take for markup, such as `[v2]`.
        console.print(f"{caption}: {shown}", soft_wrap=True, markup=False)


def print_what_trains(typed: Sequence[str]) -> None:
    """Prints the commands that train on what was inspected.

    Args:
        typed: the command of the inspection; of one that was not typed as the
            documentation has it, nothing is known.
    """
    if INSPECTS not in typed:
        return
    console = Console()
    console.print("To train on them, if that page finds nothing against it:")
    for instead in ((), ("--pipelines=comparison",)):
        parts = [instead if part == INSPECTS else (part,) for part in typed[1:]]
        command = shlex.join(["kedro", *chain.from_iterable(parts)])
        console.print(f"  {command}", soft_wrap=True, markup=False)


def _table_1(accuracy_table: pd.DataFrame, titles: Mapping[str, str]) -> Table:
    table = Table(title="Table 1: test accuracy, final epoch, in %")
    table.add_column("Method")
    shown = [name for name in TABLE_1_COLUMNS if name in accuracy_table]
    for name in shown:
        table.add_column(TABLE_1_COLUMNS[name], justify="right")
    for row in accuracy_table.to_dict("records"):
        cells = (str(row[n]) if n == "n_seeds" else _with_std(row, n) for n in shown)
        table.add_row(escape(titles[row["method"]]), *cells)
    if accuracy_table["n_seeds"].max() > 1:
        table.caption = SPREAD_NOTE
    return table


def _tried(readings: Readings) -> list[str]:
    """Says what trainings of a single epoch may be."""
    of_table_1 = readings.trainings["method"].isin(readings.table_1)
    if (readings.trainings.loc[of_table_1, "epochs"] != 1).all():
        return []
    return ["Trained for one epoch: if that was a trial, its figures rank nothing."]


def _tested_on(readings: Readings) -> list[str]:
    """Says what to know of a test set that is not balanced."""
    said = []
    if not readings.is_balanced:
        fewest, most = readings.test_counts.min(), readings.test_counts.max()
        said.append(
            f"The test set has from {fewest:,} to {most:,} images of a class. Accuracy "
            "weighs images alike; balanced accuracy weighs classes alike."
        )
    if readings.untested:
        said.append(f"Without test images: {', '.join(readings.untested)}.")
    return said


def _made_differently(made_with: pd.DataFrame) -> list[str]:
    """Says in what the trainings differ that are drawn together, if they do."""
    differing = made_with[made_with["differs"]]
    if differing.empty:
        return []
    told = "; ".join(differing["what"] + ": " + differing["values"])
    return [f"These were not all trained alike. {told}"]


def _networks(readings: Readings, runs: Path) -> list[str]:
    """Says where the networks of Table 1 lie."""
    trained = readings.trainings.drop_duplicates("method").set_index("method")["setup"]
    return [
        f"Networks of {readings.titles[method]}: "
        f"{_from_here(runs) / method / trained[method] / 'seed_*' / NETWORK_FILE}"
        for method in readings.table_1
        if method in trained
    ]


def _all_methods(method_table: pd.DataFrame, titles: Mapping[str, str]) -> Table:
    table = Table(title="All methods: test set, means over the seeds, in %")
    table.caption = ORACLE_NOTE
    if method_table["n_seeds"].max() > 1:
        table.caption = f"{SPREAD_NOTE}\n{ORACLE_NOTE}"
    table.add_column("Method")
    columns = ERROR_COLUMNS | GROUP_COLUMNS
    shown = [name for name in columns if name in method_table]
    for column in ("tau", *map(columns.get, shown)):
        table.add_column(column, justify="right")
    for row in method_table.to_dict("records"):
        choice, tau = row["tau_choice"], row["tau"]
        chosen = "" if choice == Choice.FIXED else f" {choice}"
        table.add_row(
            escape(titles[row["method"]]),
            "" if pd.isna(tau) else f"{tau:.2f}{chosen}",
            *(_with_std(row, name) for name in shown),
            style="dim" if Choice(choice).is_oracle else None,
        )
    return table


def _answers(answers: pd.DataFrame) -> Table:
    """Returns the first rows, of the columns that `serving.answer` says."""
    shown = answers.head(MOST_SHOWN)
    table = Table(title=f"Answers: the first {len(shown):,} of {len(answers):,}")
    table.add_column(answers.columns[0].title())
    for column in ("Class", "Next"):
        table.add_column(column)
        table.add_column("in %", justify="right")
    for name, likeliest, chance, following, its_chance, fault in shown.to_numpy():
        texts = f"({fault})" if pd.isna(likeliest) else likeliest, following
        first, then = ("" if pd.isna(text) else escape(text) for text in texts)
        table.add_row(
            escape(str(name)), first, _percent(chance), then, _percent(its_chance)
        )
    return table


def _counted(answers: pd.DataFrame) -> str:
    """Says how many are of each class, and how many could not be read."""
    counts = answers["class_name"].value_counts()
    told = [f"{name}: {count:,}" for name, count in counts.head(MOST_SHOWN).items()]
    if more := len(counts) - len(told):
        told.append(f"{more} more classes")
    unreadable = int(answers["unreadable"].notna().sum())
    if unreadable:
        told.append(f"unreadable: {unreadable:,}")
    return "; ".join(told)


def _exported(written: Mapping[str, Any], folder: Path) -> list[str]:
    """Says where a model was written, and what `serving.export` measured of it."""
    return [
        f"Exported: {folder / written['file']}",
        f"{written['size'] / 1e6:,.2f} MB; {written['milliseconds']:.2g} ms an example "
        f"here; probabilities as of the stored runs, to {written['from_runs']:.1g}",
        f"Model card: {folder / CARD_FILE}",
    ]


def _with_std(row: Mapping[str, Any], name: str) -> str:
    """Returns a mean with its standard deviation, if there is one."""
    std = row.get(f"{name}_std")
    return _percent(row[name]) + ("" if pd.isna(std) else f" ± {_percent(std)}")


def _percent(fraction: float) -> str:
    return "" if pd.isna(fraction) else f"{100 * fraction:.1f}"


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
