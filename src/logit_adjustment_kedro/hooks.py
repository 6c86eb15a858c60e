"""What the command line says to a person: what is wrong, and what came out."""

import logging
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from kedro.config import MissingConfigException
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import settings
from kedro.io import CatalogProtocol, DatasetError
from kedro.io.core import VersionNotFoundError
from kedro.pipeline import Pipeline
from omegaconf.errors import OmegaConfBaseException
from yaml.error import YAMLError

from .console import print_results
from .errors import InputError
from .files import remove_leftovers

# Parameters that no model describes: they choose others, and are checked there.
CHOICES = ("recipe", "records_url")
EARLIER_LAYOUT = (
    "03_primary/*/train_set.npz",
    "07_model_output/*/*/*/predictions.parquet",
)

logger = logging.getLogger(__name__)


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
            _refuse_unknown_recipe(given, recipes, loader["globals"]["dataset"])
            _refuse_unknown(given, in_files)
            _refuse_wrong(loader["parameters"])
        except (OmegaConfBaseException, MissingConfigException, YAMLError) as error:
            told = str(error).splitlines()[0]
            if "'recipes." in told:
                told += ". A recipe needs a block for each dataset, in its file."
            raise click.ClickException(f"Wrong configuration. {told}") from None

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any]) -> None:
        """Clears away what killed runs left, and tells of what is not read."""
        data = Path(run_params["project_path"], "data")
        remove_leftovers(data)
        if any(found for pattern in EARLIER_LAYOUT for found in data.glob(pattern)):
            logger.warning(
                "Data of an earlier version of this project is not read. Remove "
                "data/03_primary, data/06_models and data/07_model_output."
            )

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


def _refuse_unknown(given: Mapping[str, Any], in_files: Mapping[str, Any]) -> None:
    """Refuses keys of `--params` that no model and no choice of this environment is."""
    from .pipeline_registry import PARAMETERS

    choices = [choice for choice in CHOICES if choice in in_files]
    known = [*PARAMETERS, *choices]
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.ClickException(
                f"Unknown parameter {key} in --params: this environment has "
                f"{', '.join(known)}.{hint}"
            )


def _refuse_wrong(parameters: Mapping[str, Any]) -> None:
    """Refuses values that the models of the parameters do not allow."""
    from .pipeline_registry import PARAMETERS

    known = [*PARAMETERS, *CHOICES, "recipes"]
    wrong = [f"{key}: there is no such parameter" for key in set(parameters) - {*known}]
    for name, model in PARAMETERS.items():
        try:
            model.model_validate(parameters.get(name))
        except ValueError as error:
            wrong += [f"{name}.{mistake}" for mistake in str(error).split("; ")]
    if wrong:
        raise click.ClickException("Wrong parameter " + "; ".join(wrong))


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
