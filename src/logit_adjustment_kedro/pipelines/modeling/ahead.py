"""The trainings of all nodes of a run, side by side, ahead of the nodes themselves.

A node then finds its runs stored, as it does of a training that another process did.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from kedro.io import CatalogProtocol
from kedro.pipeline import Node, Pipeline

from ...training import Job, Workers, at_once
from .nodes import HeldOutTraining, Training


class Ahead:
    """What a run is going to train.

    Args:
        pipeline: that of the run, of which a part may have been chosen.
    """

    def __init__(self, pipeline: Pipeline):
        self._nodes = [node for node in pipeline.nodes if _trains(node)]
        self._lock = threading.Lock()  # nodes may run in threads
        self._process = os.getpid()

    def before(
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
                _train(_jobs(nodes, catalog, inputs))


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


def _train(jobs: Sequence[Job]) -> None:
    # What starts from another's network waits until that is stored; it takes seconds.
    for some in (
        [job for job in jobs if job.starts_from is None],
        [job for job in jobs if job.starts_from is not None],
    ):
        count = at_once(some)
        if count < 2:
            continue
        workers = Workers(count, some[0].task.recipe.threads)
        try:
            workers.train(some)
        finally:
            workers.end()
