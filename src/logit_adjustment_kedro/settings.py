"""How Kedro reads this project."""

from .configuration import ConfigLoader
from .hooks import ProjectHooks
from .training.backend import prepare

prepare()

HOOKS = (ProjectHooks(),)

CONFIG_LOADER_CLASS = ConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "base",
    "merge_strategy": {"parameters": "soft"},
}
