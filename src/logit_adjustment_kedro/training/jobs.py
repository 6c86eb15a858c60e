"""Trainings that are asked for, and where they go: all that another process needs."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import InputError
from ..longtail.methods import PosthocMethod, TrainedMethod
from ..runs import Run, RunStore
from .bars import Shown
from .missing import Places, train_missing
from .task import Task

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Job:
    """The trainings of a task whose runs are not stored; see `train_missing`.

    Attributes:
        task: what to train.
        seeds: those that are asked for.
        store: where runs are looked up, and put.
        places: where a training keeps its files meanwhile.
        read_outs: see `train`.
        starts_from: see `train_missing`.
    """

    task: Task
    seeds: Sequence[int]
    store: RunStore
    places: Places
    read_outs: Sequence[PosthocMethod] = ()
    starts_from: TrainedMethod | None = None

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.task.name}, seed {', '.join(map(str, self.seeds))}"

    def apart(self) -> list["Job"]:
        """Returns one for each seed that is not stored yet."""
        setup = self.task.setup
        left = [seed for seed in self.seeds if not self.store.has(setup, seed)]
        return [replace(self, seeds=(seed,)) for seed in left]

    def missing(self, shown: Shown | None = None) -> Iterator[Run]:
        """Trains what is missing; whoever asks for the next run has stored the last.

        Args:
            shown: see `train`.
        """
        yield from train_missing(
            self.task,
            self.seeds,
            self.store,
            self.places,
            self.read_outs,
            self.starts_from,
            shown,
        )

    def do(self, shown: Shown | None = None) -> None:
        """Trains what is missing, and stores it."""
        for run in self.missing(shown):
            self.store.add(run)
            logger.info("Stored %s", run.name)


def told_of(faults: Mapping[str, BaseException]) -> InputError:
    """Returns what to raise for jobs that failed, by their names."""
    told = (f"{name}: {str(fault) or repr(fault)}" for name, fault in faults.items())
    return InputError("; ".join(told))
