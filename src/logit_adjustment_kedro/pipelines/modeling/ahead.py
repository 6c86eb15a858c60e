"""The trainings of all nodes of a run, side by side, ahead of the nodes themselves.

A node then finds its runs stored, as it does of a training that another process did.
"""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Node, Pipeline

from ...training import Job, Workers, at_once
from .nodes import HeldOutTraining, Training


class Pool(Protocol):
    """Where trainings are done side by side."""

    def train(self, jobs: Sequence[Job]) -> None:
        """Trains jobs and stores their runs; raises `InputError` if some failed."""


class Ahead:
    """What a run is going to train; a hook of Kedro's.

    Args:
        pipeline: that of the run, of which a part may have been chosen.
        pool: where to train; None means this machine, with processes for the while.
    """

    def __init__(self, pipeline: Pipeline, pool: Pool | None = None):
        self._nodes = [node for node in pipeline.nodes if _trains(node)]
        self._lock = threading.Lock()  # nodes may run in threads
        self._process = os.getpid()
        self._train = _train_here if pool is None else pool.train

    @hook_impl
    def before_node_run(
        self, node: Node, catalog: CatalogProtocol, inputs: Mapping[str, Any]
    ) -> None:
        """Trains what all nodes ask for, before the first of them.

        Args:
            node: what is about to run.
            catalog: where the inputs of the others are.
            inputs: those of this one, by the names of datasets.

        Raises:
            InputError: some of it failed.
        """
        # Where nodes run in processes of their own, they are side by side already.
        if not _trains(node) or os.getpid() != self._process:
            return
        with self._lock:
            nodes, self._nodes = self._nodes, []
            if nodes:
                for jobs in _in_turn(_jobs(nodes, catalog, inputs)):
                    self._train(jobs)


def _trains(node: Node) -> bool:
    return isinstance(getattr(node.func, "__self__", None), Training | HeldOutTraining)


def _jobs(
    nodes: Sequence[Node], catalog: CatalogProtocol, inputs: Mapping[str, Any]
) -> list[Job]:
    loaded = dict(inputs)
    for name in {name for node in nodes for name in node.inputs} - loaded.keys():
        loaded[name] = catalog.load(name)
    jobs = (node.func.__self__.job(*(loaded[n] for n in node.inputs)) for node in nodes)
    return [one for job in jobs for one in job.apart()]


def _in_turn(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    """Yields those that start from nothing, then those from another's network."""
    for starts in (False, True):
        if some := [job for job in jobs if (job.starts_from is not None) == starts]:
            yield some


def _train_here(jobs: Sequence[Job]) -> None:
    if (count := at_once(jobs)) > 1:  # else each node trains what it asks for
        workers = Workers(count, jobs[0].task.recipe.threads)
        try:
            workers.train(jobs)
        finally:
            workers.end()
