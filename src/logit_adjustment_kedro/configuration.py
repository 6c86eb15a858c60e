"""How the files under `conf/` are read."""

import json
import re
from contextlib import suppress
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any

import click
import yaml
from kedro.config import MissingConfigException, OmegaConfigLoader
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from .datasets.sources.addresses import local_path

LOCAL = "local"
# What may be given of how images are read.
READING = ("image_size", "fit", "channels", "unreadable", "long_tail")
LONGEST_NAME = 60  # of a folder that is called after what a person has given
# Values in a file, each alias followed; ours have hundreds.
MOST_VALUES = 100_000


class ConfigLoader(OmegaConfigLoader):
    """Kedro's, which reads `conf/local` where there is one.

    A fresh clone has none. Where it is, it is the environment of a command without
    `--env`, as everywhere in Kedro, and its credentials hold for all environments.

    In the files, `${data_folder:}` stands for the folder, within those of Kedro's
    layers, of what is being worked on: the environment's dataset, or, where that is
    any folder of images or features, a name of that folder's own; see `data_folder`.

    Raises:
        click.ClickException: a file is not YAML that can be read; it is named. Or the
            path of the folder has signs in it that Kedro takes for patterns. Or
            `--params=name=...` is no name of a folder.
    """

    def __init__(
        self,
        conf_source: str | Path,
        env: str | None = None,
        runtime_params: dict[str, Any] | None = None,
        **options: Any,
    ):
        self._folder = Path(conf_source)
        if signs := sorted({*"{}[]*?"} & {*str(self._folder.absolute())}):
            raise click.ClickException(
                f"Expected a project whose path has no {' '.join(signs)} in it: Kedro "
                f"takes them for patterns. Received: {self._folder.absolute()}"
            )
        if (self._folder / LOCAL).is_dir():
            options |= {"default_run_env": LOCAL}
        _refuse_no_name((runtime_params or {}).get("name"))
        for file in self._files(options["base_env"], env or options["default_run_env"]):
            _refuse_what_never_ends(file)
        try:
            super().__init__(conf_source, env, runtime_params, **options)
            # Not when it is asked for: to read the globals ends Kedro's own resolvers.
            self._dataset = self["globals"].get("dataset")
        except (OmegaConfBaseException, yaml.YAMLError) as error:
            raise self._told(error) from None

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Returns the configuration of a kind, of the base and the environment."""
        OmegaConf.register_new_resolver("data_folder", self.data_folder, replace=True)
        try:
            if key == "credentials" and (local := self._local_credentials()):
                with suppress(MissingConfigException):
                    return local | super().__getitem__(key)
                return local
            return super().__getitem__(key)
        except (OmegaConfBaseException, yaml.YAMLError) as error:
            raise self._told(error) from None

    def data_folder(self) -> str:
        """Returns where the data of this command lies within each layer's folder.

        That is the environment's `dataset`. With `--params=name=NAME` it is
        `dataset/NAME`; with `--params=folder=PATH`, the last part of that path and six
        digits that follow from the whole, and from whatever else is given of how the
        images are read: so no two folders share anything, nor two sizes of one.
        """
        dataset, given = self._dataset, self.runtime_params or {}
        if given.get("name"):
            return f"{dataset}/{given['name']}"
        reading = {key: given[key] for key in READING if given.get(key) is not None}
        if given.get("folder"):
            path = local_path(str(given["folder"]))
            name = re.sub(r"[^\w-]+", "-", path.name.partition(".")[0])[:LONGEST_NAME]
            return f"{dataset}/{name}-{_digits(path.as_posix(), reading)}"
        return f"{dataset}/{_digits('', reading)}" if reading else dataset

    def _local_credentials(self) -> dict[str, Any]:
        if self.env in (None, LOCAL) or not (self._folder / LOCAL).is_dir():
            return {}
        local = OmegaConfigLoader(self.conf_source, env=LOCAL, base_env=self.base_env)
        try:
            return local["credentials"]
        except MissingConfigException:
            return {}

    def _files(self, *environments: str) -> list[Path]:
        """Returns the YAML files of some environments."""
        folders = [self._folder / env for env in environments]
        return [file for f in folders for file in sorted(f.glob("**/*.y*ml"))]

    def _told(self, error: Exception) -> click.ClickException:
        """Says which file is wrong: Kedro names some, and of others only the line."""
        for file in self._files(self.base_env, self.env or self.default_run_env):
            try:
                OmegaConf.load(file)
            except (OmegaConfBaseException, yaml.YAMLError) as fault:
                return _wrong(file, fault)
        return click.ClickException(f"Wrong configuration. {_first_line(error)}")


def _digits(path: str, reading: dict[str, Any]) -> str:
    more = json.dumps(reading, sort_keys=True) if reading else ""
    return sha256(f"{path}{more}".encode()).hexdigest()[:6]


def _refuse_no_name(name: Any) -> None:
    if name and not re.fullmatch(rf"[\w-][\w.-]{{0,{LONGEST_NAME - 1}}}", str(name)):
        raise click.ClickException(
            f"Expected name to have at most {LONGEST_NAME} letters, digits and . - _, "
            f"and no dot at its start: a folder is called so. Received: {name}"
        )


def _refuse_what_never_ends(file: Path) -> None:
    """Refuses what is no mapping, or by aliases of aliases grows beyond all bounds."""
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise _wrong(file, fault) from None
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise _wrong(file, f"Expected keys with values. Received: a {root.id}")
    if _values(root, {}) > MOST_VALUES:
        raise _wrong(file, f"Expected at most {MOST_VALUES:,} values")


def _values(node: yaml.Node, known: dict[int, float]) -> float:
    """Counts the values under a node, where an alias counts as what it stands for."""
    if id(node) not in known:
        known[id(node)] = inf  # of an alias of what it stands in
        children = node.value if isinstance(node, yaml.CollectionNode) else ()
        if isinstance(node, yaml.MappingNode):
            children = [child for pair in children for child in pair]
        known[id(node)] = 1 + sum(_values(child, known) for child in children)
    return known[id(node)]


def _wrong(file: Path, fault: Exception | str) -> click.ClickException:
    return click.ClickException(f"Wrong configuration in {file}. {_first_line(fault)}")


def _first_line(fault: Exception | str) -> str:
    if isinstance(fault, yaml.MarkedYAMLError) and fault.problem_mark:
        return f"Line {fault.problem_mark.line + 1}: {fault.problem}"
    return str(fault).splitlines()[0]
