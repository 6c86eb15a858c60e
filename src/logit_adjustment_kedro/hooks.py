"""What the command line says to a person: what is wrong, and what came out."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import click
from kedro.config import MissingConfigException
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import settings
from kedro.io import CatalogProtocol, DatasetError
from kedro.io.core import VersionNotFoundError
from kedro.pipeline import Pipeline
from kedro.validation import ParameterValidationError
from omegaconf.errors import OmegaConfBaseException
from yaml.parser import ParserError

from .console import print_results
from .errors import InputError


class ProjectHooks:
    """Checks parameters before a run, and tells mistakes and results in few words."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Refuses wrong parameters, of the YAML files or of `--params`.

        Raises:
            click.ClickException: a parameter is unknown or not what was expected.
        """
        loader = context.config_loader
        given = loader.runtime_params or {}
        without_given = type(loader)(
            loader.conf_source, env=loader.env, **settings.CONFIG_LOADER_ARGS
        )
        try:
            in_files = without_given["parameters"]
            recipes = in_files.pop("recipes")
            _refuse_unknown(given, in_files)
            _refuse_unknown_recipe(given, recipes, loader["globals"]["dataset"])
            _ = context.params
        except ParameterValidationError as error:
            mistakes = str(error).splitlines()[1:]
            # Kedro's text names the parameter up to three times; the last is enough.
            told = [line.rpartition("for parameter ")[2] for line in mistakes]
            raise click.ClickException("Wrong parameter " + "; ".join(told)) from None
        except (OmegaConfBaseException, MissingConfigException, ParserError) as error:
            told = str(error).splitlines()[0]
            if "'recipes." in told:
                told += ". A recipe needs a block for each dataset, in its file."
            raise click.ClickException(f"Wrong configuration. {told}") from None

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """Tells mistakes of input without a traceback, and leaves bugs theirs.

        Raises:
            click.ClickException: in place of the error.
        """
        told = _in_few_words(error)
        if told is not None:
            raise click.ClickException(told) from None

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol) -> None:
        """Prints the tables for a person, and says where they and the figures lie."""
        print_results(pipeline.all_outputs(), catalog)


def _refuse_unknown(
    given: Mapping[str, Any], known: Mapping[str, Any], prefix: str = ""
) -> None:
    for key, value in given.items():
        if key not in known and key in map(str, known):
            raise click.ClickException(
                f"Parameter {prefix}{key} can be changed in a parameter file only: in "
                "--params its name is a text, there a number."
            )
        if key not in known:
            near = get_close_matches(key, map(str, known), n=1)
            hint = f" Did you mean {prefix}{near[0]}?" if near else ""
            raise click.ClickException(
                f"Unknown parameter {prefix}{key} in --params: no parameter file of "
                f"this environment has it.{hint}"
            )
        if isinstance(value, Mapping) and isinstance(known[key], Mapping):
            _refuse_unknown(value, known[key], f"{prefix}{key}.")


def _refuse_unknown_recipe(
    given: Mapping[str, Any], recipes: Mapping[str, Any], dataset: str
) -> None:
    offered = [name for name, datasets in recipes.items() if dataset in datasets]
    if given.get("recipe", offered[0]) not in offered:
        raise click.ClickException(
            f"Unknown recipe for {dataset}: expected one of {', '.join(offered)}. "
            f"Received: {given['recipe']}"
        )


def _in_few_words(error: BaseException | None) -> str | None:
    """Returns what to tell of a mistake, or None of a bug, whose traceback helps.

    Kedro wraps whatever happens while it loads and saves in a `DatasetError`: what
    counts is the cause behind it.
    """
    told = str(error)
    while error is not None:
        if isinstance(error, InputError):
            return told
        if isinstance(error, VersionNotFoundError | FileNotFoundError):
            return (
                f"{error}\nNothing is stored there yet. Run `kedro run` first, with "
                "the same --env and --params=recipe=..."
            )
        if not isinstance(error, DatasetError | OSError):
            return None
        error = error.__cause__
    return told
