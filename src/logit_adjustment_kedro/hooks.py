"""What a run says to a person: what is wrong before it starts, and what came out."""

import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import settings
from kedro.io import CatalogProtocol
from kedro.pipeline import Node, Pipeline

from .console import print_results, print_what_trains, show_names_as_they_are
from .errors import did_you_mean
from .files import remove_leftovers
from .parameters import Parameters
from .pipelines.modeling.ahead import Ahead

# Parameters that no model describes: they choose others, and are checked there.
CHOICES = {
    **dict.fromkeys(
        ("recipe", "records_url", "folder", "name", "fit", "unreadable"), str
    ),
    "image_size": int | list,
    "channels": int,
    "input": str,
    # `Prediction` and `Deployment` say what.
    **dict.fromkeys(("method", "target_prior", "format"), object),
}
GLOBALS = ("dataset", "kind", "recipe", "records_url")
EARLIER_LAYOUT = (
    "03_primary/*/train_set.npz",
    "07_model_output/*/*/*/predictions.parquet",
)

logger = logging.getLogger(__name__)


class ProjectHooks:
    """Checks parameters before a run, and tells results in few words."""

    _ahead: Ahead | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Refuses wrong parameters, of the YAML files or of `--params`.

        Raises:
            click.ClickException: a parameter is unknown or not what was expected.
        """
        show_names_as_they_are()
        loader = context.config_loader
        given = loader.runtime_params or {}
        without_given = type(loader)(
            loader.conf_source, env=loader.env, **settings.CONFIG_LOADER_ARGS
        )
        _refuse_misspelt(loader["globals"])
        _refuse_unknown(given, without_given["parameters"])
        chosen = loader["globals"]
        recipe = given.get("recipe", chosen["recipe"])
        kind = chosen.get("kind", chosen["dataset"])
        _refuse_wrong(loader["parameters"], recipe, kind)

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline
    ) -> None:
        """Clears away what killed runs left, and tells of what is not read."""
        self._ahead = Ahead(pipeline)
        data = Path(run_params["project_path"], "data")
        remove_leftovers(data)
        if any(found for pattern in EARLIER_LAYOUT for found in data.glob(pattern)):
            logger.warning(
                "Data of an earlier version of this project is not read. Remove "
                "data/03_primary, data/06_models and data/07_model_output."
            )

    @hook_impl
    def before_node_run(
        self, node: Node, catalog: CatalogProtocol, inputs: dict[str, Any]
    ) -> None:
        """Trains all that the run asks for, side by side, before its first training."""
        if self._ahead is not None:  # else this is another process than the run's
            self._ahead.before_node_run(node, catalog, inputs)

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol) -> None:
        """Prints the tables for a person, and says where they and the figures lie."""
        print_results(pipeline.all_outputs(), catalog)
        print_what_trains(sys.argv)


def _refuse_misspelt(in_globals: Mapping[str, Any]) -> None:
    """Refuses keys that look like one that is read; others may be a person's own."""
    for key in in_globals:
        if key not in GLOBALS and (hint := did_you_mean(key, GLOBALS)):
            raise click.ClickException(f"Unknown key {key} in globals.yml.{hint}")


def _refuse_unknown(given: Mapping[str, Any], in_files: Mapping[str, Any]) -> None:
    """Refuses keys of `--params` that no model and no choice of this environment is."""
    from .pipeline_registry import PARAMETERS

    choices = [choice for choice in CHOICES if choice in in_files]
    known = [*PARAMETERS, *choices]
    for key in given:
        if key not in known:
            raise click.ClickException(
                f"Unknown parameter {key} in --params: this environment has "
                f"{', '.join(known)}.{did_you_mean(key, known)}"
            )


def _refuse_wrong(parameters: Mapping[str, Any], recipe: Any, kind: str) -> None:
    """Refuses values that the models of the parameters do not allow.

    Args:
        parameters: all there are, of the files and of `--params`.
        recipe: the name that was chosen.
        kind: that of the data; the recipe must have a block for it.
    """
    from .pipeline_registry import PARAMETERS

    known = [*PARAMETERS, *CHOICES, "recipes"]
    wrong = [f"{key}: there is no such parameter" for key in {*parameters} - {*known}]
    wrong += _wrong_choices(parameters, recipe)
    if not wrong:
        wrong += _wrong_recipes(parameters["recipes"], recipe, kind)
    if not wrong:
        for name, model in PARAMETERS.items():
            wrong += _mistakes(name, model, parameters.get(name))
    if wrong:
        raise click.ClickException("Wrong parameter " + "; ".join(wrong))


def _wrong_choices(parameters: Mapping[str, Any], recipe: Any) -> list[str]:
    wrong = [
        f"{choice}: expected {'text; quote it' if kind is str else 'a number'}. "
        f"Received: {parameters[choice]!r}"
        for choice, kind in CHOICES.items()
        if not isinstance(parameters.get(choice), kind | None)
    ]
    if parameters["recipe"] != recipe:
        wrong.append(
            f"recipe: expected to be chosen in globals.yml or --params. Received: "
            f"{parameters['recipe']!r} in a file of parameters, where it does nothing"
        )
    return wrong


def _wrong_recipes(recipes: Any, recipe: str, kind: str) -> list[str]:
    """Looks at all recipes: one that is never chosen is still not to be misspelt."""
    from .training import Recipe

    if not isinstance(recipes, dict) or not all(
        isinstance(kinds, dict) for kinds in recipes.values()
    ):
        return ["recipes: expected names of recipes, and under each kinds of data"]
    offered = [name for name, kinds in recipes.items() if kind in kinds]
    if recipe not in offered:
        return [
            f"recipe: expected one of {', '.join(offered)}, which have a block for "
            f"{kind}. Received: {recipe}"
        ]
    return [
        mistake
        for name, kinds in recipes.items()
        for key, block in kinds.items()
        for mistake in _mistakes(f"recipes.{name}.{key}", Recipe, block)
    ]


def _mistakes(name: str, model: type[Parameters], value: Any) -> list[str]:
    try:
        model.model_validate(value)
    except ValueError as error:
        return [f"{name}.{mistake}" for mistake in str(error).split("; ")]
    return []
