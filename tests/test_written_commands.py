"""The commands on the pages for people: what they name is there.

Hardly any is run here: benchmarks/written_commands.py runs them.
"""

import re
import shlex
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pytest
import written
import written_commands
from click.testing import CliRunner
from kedro.framework.cli.jupyter import jupyter_cli
from kedro.pipeline import Pipeline
from kedro_viz.launchers.cli.main import viz_cli

from logit_adjustment_kedro import cli, hooks
from logit_adjustment_kedro.configuration import ConfigLoader
from logit_adjustment_kedro.pipeline_registry import PARAMETERS, register_pipelines
from logit_adjustment_kedro.settings import CONFIG_LOADER_ARGS
from project_copies import ROOT

FAST = "recipe=fast,records_url=PATH,training.precision=mixed_bfloat16"
LT = "kedro run --env=cifar10_lt"
# All that train on CIFAR, from minutes to days: no test types them, and
# benchmarks/written_commands.py does with an epoch of a few images.
HOURS = {
    LT,
    "kedro run --env=cifar100_lt",
    f"{LT} --params=recipe=paper",
    f"{LT} --params=recipe=released",
    f"{LT} --params=recipe=fast,training.precision=mixed_bfloat16",
    f"{LT} --params={FAST},training.seeds=0",
    f"{LT} --params=recipe=paper,training.epochs=20,training.seeds=0",
    f"{LT} --params=records_url=/a/folder/with/the/tfrecords",
    f"{LT} --params=records_url=PATH,training.precision=mixed_bfloat16",
    f"{LT} --params=records_url=PATH,training.epochs=10",
    f"KERAS_BACKEND=jax {LT} --params=recipe=paper,records_url=PATH",
    f"KERAS_BACKEND=jax {LT} --params=recipe=fast,records_url=PATH",
    f"{LT} --pipelines=comparison --params=recipe=fast,held_out.fraction=0.2",
    f"{LT} --pipelines=comparison --params={FAST},training.seeds=0",
    f"{LT} --pipelines=comparison --nodes=logit_adjusted.train "
    f"--params={FAST},training.epochs=4",
    f"{LT} --nodes=erm.train --params=recipe=fast,training.seeds=$ID",
    f"{LT} --nodes=logit_adjusted.train --params=recipe=fast,training.seeds=$ID",
}
# Environments that a person makes, and what they are like.
MADE_BY_A_PERSON = {"mine": "images"}
VARIABLE = re.compile(r"[A-Z_]+=\S+")
# Parameters that stand in the text alone, such as `training.threads=2`.
ALONE = re.compile(rf"(?:{'|'.join(PARAMETERS)})\.[\w.]+=\S+")


def commands_of(path: Path) -> list[str]:
    """Returns the commands of a page, and runs with the parameters in its text."""
    found = written.commands(path)
    for span in written.SPAN.findall(written.prose(path)):
        text = " ".join(span.split())
        if text.startswith("--params="):
            found.append(f"kedro run --env=images {text}")
        elif ALONE.fullmatch(text):
            found.append(f"kedro run --env=images --params={text}")
    return found


COMMANDS = {
    command: written.name_of(path)
    for path in written.PAGES
    for command in commands_of(path)
}
# With a word that stands for any name there is nothing to look at.
RUNS = [
    command
    for command in COMMANDS
    if "kedro run" in command and not re.search(r"NAME|\.\.\.", command)
]


@pytest.fixture(scope="module")
def pipelines() -> dict[str, Pipeline]:
    return register_pipelines()


def typed(command: str) -> list[str]:
    """Returns what is typed after `kedro run`, where a job's number is one."""
    words = shlex.split(command.replace("$ID", "3"))
    return words[words.index("run") + 1 :]


def options_of(command: str) -> dict[str, Any]:
    """Returns the options as Kedro takes them; one that there is not is an error."""
    return cli.run.make_context("kedro run", typed(command)).params


def environment_of(command: str) -> str:
    env = options_of(command)["env"] or "base"
    return MADE_BY_A_PERSON.get(env, env)


def trains(command: str, pipelines: dict[str, Pipeline]) -> bool:
    options = options_of(command)
    chosen = sum(
        (pipelines[name] for name in options["pipelines"] or ["__default__"]),
        Pipeline([]),
    )
    if options["from_inputs"]:
        chosen = chosen.from_inputs(*options["from_inputs"])
    if options["node_names"]:
        chosen = chosen.only_nodes(*options["node_names"])
    return any(node.name.endswith(".train") for node in chosen.nodes)


def test_there_are_commands_on_the_pages():
    assert len(RUNS) > 40
    assert len([c for c in COMMANDS if "benchmarks/" in c]) > 10
    assert "kedro run" in RUNS
    assert "kedro run --env=images --params=training.threads=2" in RUNS


@pytest.mark.parametrize("command", RUNS)
def test_a_run_names_what_is_there(command, pipelines, monkeypatch):
    options = options_of(command)
    assert (ROOT / "conf" / environment_of(command)).is_dir()
    monkeypatch.setattr(cli, "pipelines", pipelines)
    cli._check(options)


@pytest.mark.parametrize("command", RUNS)
def test_a_run_has_parameters_that_are_taken(command):
    given = options_of(command)["params"]
    env = environment_of(command)
    folder = str(ROOT / "conf")
    loader, plain = (
        ConfigLoader(folder, env=env, runtime_params=params, **CONFIG_LOADER_ARGS)
        for params in (given, {})
    )
    chosen = loader["globals"]
    hooks._refuse_unknown(given, plain["parameters"])
    hooks._refuse_wrong(
        loader["parameters"],
        given.get("recipe", chosen["recipe"]),
        chosen.get("kind", chosen["dataset"]),
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("kedro run --pipelines=comparisson", "Unknown pipeline comparisson"),
        ("kedro run --runner=SpiralRunner", "Unknown runner SpiralRunner"),
        ("kedro run --nodes=erm.trian", "erm.trian"),
    ],
)
def test_a_name_that_is_wrong_would_be_seen(wrong, told, pipelines, monkeypatch):
    monkeypatch.setattr(cli, "pipelines", pipelines)
    with pytest.raises(Exception, match=told):
        cli._check(options_of(wrong))


@pytest.mark.parametrize("wrong", ["trainng.epochs=3", "training.epochs=few"])
def test_a_parameter_that_is_wrong_would_be_seen(wrong):
    with pytest.raises(Exception, match="parameter"):
        test_a_run_has_parameters_that_are_taken(f"kedro run --params={wrong}")


def test_what_takes_hours_is_listed(pipelines):
    on_cifar = [c for c in RUNS if environment_of(c).startswith("cifar")]
    assert {c for c in on_cifar if trains(c, pipelines)} == HOURS


def test_kedro_has_the_other_commands():
    words = [c.split()[1:] for c in COMMANDS if c.startswith("kedro ")]
    others = {tuple(typed[:2]) for typed in words if typed[0] != "run"}
    assert others == {("viz", "run"), ("jupyter", "lab")}
    brought = {"viz": viz_cli, "jupyter": jupyter_cli}
    for group, name in others:
        found = brought[group].get_command(click.Context(brought[group]), group)
        assert name in found.list_commands(click.Context(found))


@pytest.mark.parametrize("command", [c for c in COMMANDS if "python " in c])
def test_a_script_is_there_and_has_the_options(command):
    words = [w for w in shlex.split(command) if not VARIABLE.fullmatch(w)]
    assert words[0] == "python"
    if words[1] == "-m":
        assert words[2] in ("venv", "pip")
        return
    script = ROOT / words[1]
    assert script.is_file()
    options = re.findall(r'click\.option\(\s*"(--[\w-]+)"', script.read_text())
    for word in words[2:]:
        assert word.partition("=")[0] in options, word


@pytest.mark.parametrize("command", COMMANDS)
def test_files_and_extras_that_a_command_names_are_there(command):
    for file in re.findall(r"[\w/.-]+\.(?:txt|ipynb|py)\b", command):
        assert (ROOT / file).exists() or file.startswith("."), file
    declared = (ROOT / "pyproject.toml").read_text()
    for extra in re.findall(r"\.\[(\w+)\]", command) + re.findall(
        r"--extra (\w+)", command
    ):
        assert re.search(rf"^{extra} = \[", declared, re.M), extra


def test_commands_are_typed_as_they_stand():
    """Those about logits, as an example; they take seconds."""
    done = CliRunner().invoke(written_commands.main, ["--only=kedro run --env=logits"])
    assert done.exit_code == 0, done.output
    run = re.findall(r"^ +\d+ s  \S+: (.*)", done.stdout, re.M)
    assert run == [c for c in RUNS if c.startswith("kedro run --env=logits")]
    assert len(run) == 2


@pytest.mark.parametrize("wrong", ["kedro run --env=smok", "false", "kedro viz rum"])
def test_a_command_that_fails_would_be_seen(wrong, tmp_path):
    with ExitStack() as page, pytest.raises(click.ClickException, match="exit status"):
        written_commands.Copy(tmp_path).type(wrong, page)
