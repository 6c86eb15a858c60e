"""Types the commands of the README and of docs/, as they stand there.

    python benchmarks/written_commands.py

One copy of the project, one shell, page by page, each command once; the first that
fails ends it. What only stands for something, such as PATH, is filled in with small
data that is made here. What listens, such as `kedro viz run`, has to answer, and is
ended with its page. What would take hours is shortened in the copy's files (FEWER and
SHORTER), not in a command.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import click
import pandas as pd
import written
import yaml
from projects import Project
from small_data import FEWER, MADE

HANG = 1800.0  # seconds
PAGES = [
    written.page("README.md"),
    *(p for p in written.PAGES if p.parent.name == "docs"),
]
NOT_RUN = {  # by how they begin, after variables
    "python -m venv": "it makes the environment to install into: .ci/run does",
    "source": "it enters that environment: .ci/run does",
    "pip install -r requirements-dev.txt": ".ci/run does, in a new environment",
    "pip install": "it would change the environment that this runs in",
    "pytest": ".ci/run does",
    "python benchmarks/": "a benchmark of its own, for minutes to hours",
    "curl": "it asks the server of the Python above, as tests/test_predict.py does",
    "grep": "it asks what the processor has; either answer is right",
    "git": "it tells how figures beside it were made",
}
URL = r"http://(?:localhost|127\.0\.0\.1):\d+\S*"
LISTENS = {  # what they say when they do; a URL has to answer
    "kedro viz": URL,
    "kedro jupyter": URL,
    "tensorboard": URL,
    "dask scheduler": r"Scheduler at:",
    "dask worker": r"Registered to:",
}
ONCE = {env: {"epochs": 1, "seeds": [0]} for env in FEWER}
SHORTER = {  # of the recipes, by name and kind of data
    **{name: ONCE for name in ("dissertation", "paper", "released", "fast")},
    "photos": {"photographs": {"samples": 2000}},
    # Its weights are random, as nothing is downloaded.
    "frozen": {"photographs": {"samples": 2000, "frozen": {"weights": None}}},
}
MINE = "globals", "catalog_ingestion", "parameters_ingestion", "parameters_comparison"


def change(file: Path, values: Mapping[str, object]) -> None:
    """Changes values in a file of YAML, each of which stands there once."""
    text = file.read_text()
    for key, value in values.items():
        text, found = re.subn(rf"(?m)^(\s*{key}): .*", rf"\1: {value}", text)
        if found != 1:
            raise click.ClickException(f"{file}: expected one {key}. Received: {found}")
    file.write_text(text)


class Copy:
    """A copy of the project, for somebody who types.

    Args:
        folder: where it is made, and data beside it.
    """

    def __init__(self, folder: Path):
        self.path = Project(folder / "project").path
        self._made, self._said = folder / "made", folder / "said"
        self._said.mkdir()
        conf = self.path / "conf"
        blocks = written.blocks(written.page("docs/your-data.md"), "yaml")
        (conf / "mine").mkdir()
        for name, block in zip(MINE, blocks, strict=False):
            block = block.replace("/where/my/images/are", f"{self._made}/mine/data")
            (conf / "mine" / f"{name}.yml").write_text(block)
        for env, values in FEWER.items():
            records = {"records_url": self._made / env / "data"}
            change(conf / env / "globals.yml", records)
            change(conf / env / "parameters_ingestion.yml", values)
        file = conf / "base" / "parameters_recipes.yml"
        recipes = yaml.safe_load(file.read_text())["recipes"]
        for name, kinds in SHORTER.items():
            for kind, values in kinds.items():
                recipes[name][kind] = recipes[name][kind] | values
        file.write_text(yaml.safe_dump({"recipes": recipes}))
        mix = pd.DataFrame({"class_name": range(10), "share": 0.1})
        mix.to_csv(self.path / "mix.csv", index=False)
        jupyter = folder / "jupyter"
        jupyter.mkdir()
        root = '{"ServerApp": {"allow_root": true}}'  # as one is in a container
        (jupyter / "jupyter_server_config.json").write_text(root)
        self._environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "JUPYTER_CONFIG_DIR": str(jupyter),
            "JUPYTER_DATA_DIR": str(jupyter),
            "BROWSER": "true",  # which does nothing
            "COLUMNS": "200",
            "ID": "0",
        }

    def filled(self, command: str) -> str:
        """Returns a command with data, which is made, for what stands for it."""
        for words, mine in {"--env=NAME": "--env=mine", "HOST": "127.0.0.1"}.items():
            command = command.replace(words, mine)
        env = (re.findall(r"--env=(\w+)", command) or [""])[0]
        made = self._made / env
        if env in MADE and not made.exists():
            MADE[env](made)
        command = re.sub(
            "=(PATH|/a/folder/with/the/tfrecords)", f"={made}/data", command
        )
        command = command.replace("=NEW", f"={made}/new")
        if ":TIME" in command:
            stored = self.path.glob("data/08_reporting/digits_lt/default/readings/*")
            command = command.replace(":TIME", f":{max(stored).name}")
        return command

    def type(self, command: str, page: ExitStack) -> float:
        """Types a command, and returns the seconds until it is through, or listens.

        Args:
            command: as it is written.
            page: what ends that which listens.

        Raises:
            click.ClickException: it failed.
        """
        if "--runner=" in command:  # it is to have something to train
            for stored in self.path.glob("data/*/digits_lt"):
                shutil.rmtree(stored)
        log = self._said / f"{len(list(self._said.iterdir()))}.txt"
        line = self.filled(command)
        begun = time.perf_counter()
        with log.open("w") as file:
            process = subprocess.Popen(
                ["bash", "-c", line],
                cwd=self.path,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        page.callback(end, process)
        listens = [said for name, said in LISTENS.items() if name in command]
        if not (until(process, log, *listens) if listens else ends_well(process)):
            raise click.ClickException(
                f"{line}: exit status {process.poll()} after "
                f"{time.perf_counter() - begun:.0f} s:\n{log.read_text()[-5000:]}"
            )
        return time.perf_counter() - begun


def ends_well(process: subprocess.Popen) -> bool:
    """Tells whether a process ends, and with status 0."""
    with suppress(subprocess.TimeoutExpired):
        return process.wait(HANG) == 0
    return False


def until(process: subprocess.Popen, log: Path, said: str) -> bool:
    """Waits until a process listens; tells whether it does."""
    begun = time.monotonic()
    while process.poll() is None and time.monotonic() - begun < HANG:
        found = re.search(said, log.read_text())
        with suppress(OSError):
            if found and found[0].startswith("http"):
                build_opener(ProxyHandler({})).open(found[0]).close()
            if found:
                return True
        time.sleep(0.2)
    return False


def end(process: subprocess.Popen) -> None:
    """Ends a process that runs, and those that it has started."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, sent)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)


def why_not(command: str) -> str | None:
    """Tells why a command is not run; None if it is."""
    words = re.sub(r"^([A-Z_]+=\S+ )+", "", command)
    return next((NOT_RUN[how] for how in NOT_RUN if words.startswith(how)), None)


@click.command(help=__doc__.splitlines()[0])
@click.option("--only", default="", help="Those whose page and line contain this.")
def main(only: str) -> None:
    """Prints a line for each command; fails with the first that fails."""
    run, rest = set(), set()
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        for path in PAGES:
            with ExitStack() as page:
                for command in written.commands(path):
                    line = f"{written.name_of(path)}: {command}"
                    if only not in line or command in run | rest:
                        continue
                    if reason := why_not(command):
                        rest.add(command)
                        click.echo(f"not run  {line} ({reason})")
                    else:
                        run.add(command)
                        click.echo(f"{copy.type(command, page):5.0f} s  {line}")
    click.echo(f"{len(run)} commands run, {len(rest)} not run.")


if __name__ == "__main__":
    main()
