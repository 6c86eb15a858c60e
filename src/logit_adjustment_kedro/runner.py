"""A runner of Kedro whose trainings are done on a Dask cluster."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner
from typing_extensions import override

from .errors import InputError
from .pipelines.modeling.ahead import Ahead

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 15  # seconds, until a scheduler must have answered


class DaskRunner(SequentialRunner):
    """Trains on the workers of a Dask scheduler, and does all else in this process.

        kedro run --runner=logit_adjustment_kedro.runner.DaskRunner
            --runner-params=address=tcp://HOST:8786

    Args:
        address: of the scheduler.
        scheduler_file: the file that it has written; instead of the address.
        detached: whether trainings go on where this process ends before they do.
        is_async: as of `SequentialRunner`.

    Raises:
        InputError: expected an address or a scheduler file, as text, and a bool.
    """

    def __init__(
        self,
        address: str | None = None,
        scheduler_file: str | None = None,
        detached: bool = False,
        is_async: bool = False,
    ):
        super().__init__(is_async=is_async)
        given = [place for place in (address, scheduler_file) if place is not None]
        if len(given) != 1 or not isinstance(given[0], str):
            raise InputError(
                "DaskRunner: expected --runner-params=address=tcp://HOST:PORT, or "
                f"scheduler_file=FILE. Received: {address=}, {scheduler_file=}"
            )
        if not isinstance(detached, bool):
            raise InputError(f"DaskRunner: expected a bool. Received: {detached=}")
        self._address = address
        self._file = scheduler_file
        self._detached = detached

    @override
    def _run(
        self,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: Any,
        run_id: str | None = None,
    ) -> None:
        with self._connected() as client:
            from .training.cluster import Cluster

            # It comes before the project's own, which finds nothing left to train.
            ahead = Ahead(pipeline, Cluster(client, self._detached))
            hook_manager.register(ahead)
            try:
                super()._run(pipeline, catalog, hook_manager, run_id)
            finally:
                hook_manager.unregister(ahead)

    @contextmanager
    def _connected(self) -> Iterator["Client"]:
        from distributed import Client

        address = self._address or _address_in(Path(self._file).expanduser())
        try:
            _expect_to_hear_of(address)
            client = Client(address, timeout=PATIENCE)
        except Exception as fault:  # Dask reads what it hears as if it were its own
            told = fault if isinstance(fault, OSError | ValueError) else repr(fault)
            raise InputError(f"No Dask scheduler at {address}: {told}") from None
        with client:
            yield client


def _expect_to_hear_of(address: str) -> None:
    """Expects somebody who begins, as a scheduler does: the client would wait for ever.

    Raises:
        OSError: nobody is there, or says anything.
    """
    from distributed.comm import get_address_host_port, parse_address

    if parse_address(address)[0] == "tcp":
        place = get_address_host_port(address)
        with socket.create_connection(place, PATIENCE) as connection:
            connection.recv(1)


def _address_in(file: Path) -> str:
    try:
        address = json.loads(file.read_text())["address"]
        if not isinstance(address, str):
            raise TypeError(f"{address=}")
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise InputError(
            f"{file}: expected the file that a Dask scheduler has written. Received: "
            f"{type(fault).__name__}: {fault}"
        ) from None
    return address
