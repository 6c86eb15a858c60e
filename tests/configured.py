"""The parameters and recipes of `conf/`, read as Kedro reads them."""

from pathlib import Path

from kedro.framework.cli.utils import _split_params

from logit_adjustment_kedro.configuration import ConfigLoader
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS
from logit_adjustment_kedro.training import Recipe

ROOT = Path(__file__).parent.parent


def parameters(env="base", typed=""):
    """Returns the parameters, with what a person typed after `--params=`."""
    return ConfigLoader(
        str(ROOT / "conf"),
        env=env,
        runtime_params=_split_params(None, None, typed),
        **CONFIG_LOADER_ARGS,
    )["parameters"]


def recipe_of(env="base", typed=""):
    return Recipe.model_validate(parameters(env, typed)["training"])
