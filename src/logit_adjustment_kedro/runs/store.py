"""The runs of a folder, found by what made them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import InputError
from ..longtail.methods import TABLE_1
from .on_disk import ABOUT_FILE, is_of_this_format, read_run, read_setup, write_run
from .run import Run
from .setup import Setup

MOST_DIFFERENCES = 3  # that a message names


@dataclass(frozen=True)
class StoredRuns(Sequence[Run]):
    """Runs that are there, each read whenever it is asked for, and kept by nobody.

    Attributes:
        folders: where they lie.
    """

    folders: tuple[Path, ...]

    def __len__(self) -> int:
        """Returns how many there are."""
        return len(self.folders)

    def __getitem__(self, place: int) -> Run:
        """Reads one."""
        return read_run(self.folders[place])


@dataclass(frozen=True)
class RunStore:
    """Runs as folders, `<method>/<digest of the setup>/seed_<seed>` below a root.

    A run is there when its folder is: it was moved into place as a whole.

    Attributes:
        root: the folder of them all; it need not exist.
    """

    root: Path

    def folder(self, setup: Setup, seed: int) -> Path:
        """Returns where a run lies, or would lie."""
        return self.root / setup.method / setup.digest / f"seed_{seed}"

    def has(self, setup: Setup, seed: int) -> bool:
        """Tells whether a run is stored."""
        return (self.folder(setup, seed) / ABOUT_FILE).is_file()

    def add(self, run: Run) -> Run:
        """Stores a run, whole or not at all; returns it as it lies there."""
        folder = self.folder(run.setup, run.seed)
        write_run(run, folder)
        return replace(run, folder=folder)

    def demand(self, setup: Setup, seeds: Sequence[int]) -> StoredRuns:
        """Returns the runs of a setup with exactly these seeds, in their order.

        They are read one by one, as they are asked for; but what is missing is told at
        once.

        Raises:
            InputError: a run is missing; the message tells how the nearest stored setup
                differs.
        """
        missing = [seed for seed in seeds if not self.has(setup, seed)]
        if missing:
            raise InputError(self._told(setup, missing))
        return StoredRuns(tuple(self.folder(setup, seed) for seed in seeds))

    def __iter__(self) -> Iterator[Run]:
        """Reads all runs, one by one, in the order of their folders' names."""
        for folder in self._folders("*"):
            yield read_run(folder)

    def _told(self, setup: Setup, missing: list[int]) -> str:
        listed = ", ".join(map(str, missing))
        what = f"{setup.method}, seed{'s' if len(missing) > 1 else ''} {listed}"
        if setup.held_out:
            what += f", with {setup.held_out:.0%} held out"
        told = f"No run is stored of {what}, with these data and parameters. "
        others = self._setups(setup.method)
        if setup in others:
            folder = self.folder(setup, 0).parent
            seeds = sorted(
                int(p.name[5:])
                for p in folder.glob("seed_*")
                if self.has(setup, int(p.name[5:]))
            )
            told += f"Of the same setup there is seed {', '.join(map(str, seeds))}. "
        elif others:
            nearest = min((setup.differences(other) for other in others), key=len)
            told += f"The nearest differs in {_named(nearest)}: ask for that one, or "
            told += "train this. "
        else:
            told += f"There is none of {setup.method} at all. "
        in_table_1 = setup.method in TABLE_1 and not setup.held_out
        command = "kedro run" if in_table_1 else "kedro run --pipelines=comparison"
        return told + f"Train it: {command}, with the same --env and --params."

    def _setups(self, method: str) -> list[Setup]:
        by_setup = {folder.parent: folder for folder in self._folders(method)}
        return [read_setup(folder) for folder in by_setup.values()]

    def _folders(self, method: str) -> list[Path]:
        """Returns the folders of runs; those of another format are no runs here."""
        files = sorted(self.root.glob(f"{method}/*/seed_*/{ABOUT_FILE}"))
        return [file.parent for file in files if is_of_this_format(file.parent)]


def _named(differences: dict) -> str:
    shown = [
        f"{_typed(name)} (asked: {_short(here)}, stored: {_short(there)})"
        for name, (here, there) in list(differences.items())[:MOST_DIFFERENCES]
    ]
    more = len(differences) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _typed(name: str) -> str:
    """Returns what a person types for it: the recipe is that of `training`."""
    section, dot, key = name.partition(".")
    return f"training.{key}" if dot and section == "recipe" else name


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
