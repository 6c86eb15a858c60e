"""`kedro run`, whose mistakes are told in one line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import KedroCliError
from kedro.framework.project import pipelines
from kedro.pipeline import Pipeline
from kedro.utils import load_obj

from .errors import InputError, did_you_mean
from .mistakes import in_few_words

FILTERS = (
    *("tags", "node_names", "from_nodes", "to_nodes"),
    *("from_inputs", "to_outputs"),
)


class _Telling(click.Command):
    def make_context(self, *args: Any, **options: Any) -> click.Context:
        with _mistakes_told():
            return super().make_context(*args, **options)

    def invoke(self, context: click.Context) -> Any:
        with _mistakes_told():
            return super().invoke(context)


@click.group(name="logit_adjustment_kedro")
def cli() -> None:
    """The commands of this project that are not quite Kedro's."""


@cli.command(cls=_Telling, params=kedro_run.params, help=kedro_run.help)
def run(**options: Any) -> Any:
    """Runs pipelines as Kedro does, once it is sure that they are there."""
    _check(options)
    return kedro_run.callback(**options)


def _check(options: Mapping[str, Any]) -> None:
    """Refuses runners, pipelines, nodes and datasets that are not there.

    Raises:
        InputError: it says which, and what there is.
    """
    try:
        load_obj(options["runner"] or "SequentialRunner", "kedro.runner")
    except (ImportError, AttributeError) as fault:
        raise InputError(f"Unknown runner {options['runner']}: {fault}") from None
    names = options["pipelines"] or [options["pipeline"] or "__default__"]
    for name in names:
        _expect(name, pipelines, "pipeline")
    chosen = sum((pipelines[name] for name in names), Pipeline([]))
    for name in options["load_versions"] or ():
        _expect(name, chosen.datasets(), "dataset to load a version of")
    try:
        chosen.filter(
            node_namespaces=options["namespaces"],
            **{name: options[name] for name in FILTERS},
        )
    except ValueError as fault:
        raise InputError(" ".join(str(fault).split())) from None


def _expect(name: str, known: Any, kind: str) -> None:
    if name not in known:
        raise InputError(
            f"Unknown {kind} {name}: expected one of {', '.join(sorted(known))}."
            f"{did_you_mean(name, known)}"
        )


@contextmanager
def _mistakes_told() -> Iterator[None]:
    """Tells mistakes of input without a traceback, and leaves bugs theirs."""
    try:
        yield
    except KedroCliError as error:  # it would print the traceback of another error
        raise click.ClickException(error.message) from None
    except Exception as error:
        told = in_few_words(error)
        if told is None:
            raise
        raise click.ClickException(told) from None
