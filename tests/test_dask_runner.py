"""`kedro run` with Dask, as a person does it."""

import socket
import threading

import numpy as np
import pytest

from dask_processes import connected, scheduler_in, worker_of
from logit_adjustment_kedro import runs
from project_copies import PATIENCE, Project

DASK = "--runner=logit_adjustment_kedro.runner.DaskRunner"


def seed_0_of(project: Project) -> dict[str, runs.Run]:
    found = runs.open(project.latest("07_model_output/*/*/runs"))
    return {run.name: run for run in found if run.seed == 0}


def test_the_runs_are_those_of_kedro_run(project, smoke_run, tmp_path):
    with scheduler_in(tmp_path) as file, worker_of(file), worker_of(file):
        with connected(file) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        done = project.kedro(
            *("run", "--env=smoke", "--params=training.seeds=0", DASK),
            f"--runner-params=scheduler_file={file}",
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Training on 2 worker(s) of tcp://127.0.0.1:" in done.stdout
    assert "2 over" in done.stdout
    here, there = seed_0_of(smoke_run), seed_0_of(project)
    assert len(there) == 2
    assert here.keys() == there.keys()
    for name, run in there.items():
        for key, logits in run.logits.items():
            np.testing.assert_array_equal(logits, here[name].logits[key])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), "expected --runner-params=address=tcp://HOST:PORT, or scheduler_file"),
        (("--runner-params=address=tcp://a,scheduler_file=b",), "address='tcp://a'"),
        (("--runner-params=address=5",), "Received: address=5, scheduler_file=None"),
        (("--runner-params=address=tcp://a,detached=maybe",), "detached='maybe'"),
        (("--runner-params=scheduler_file=none.json",), "none.json: expected the file"),
        (("--runner-params=scheduler_file=pyproject.toml",), "pyproject.toml"),
        (("--runner-params=scheduler_file=odd.json",), "TypeError: address=5"),
        (("--runner-params=address=tls://127.0.0.1:9",), "No Dask scheduler at tls://"),
        (("--runner-params=address=tcp://127.0.0.1:9",), "No Dask scheduler at tcp://"),
        (("--runner-params=address=nonsense",), "No Dask scheduler at nonsense"),
        (("--runner-params=adress=tcp://127.0.0.1:9",), "adress"),
    ],
)
def test_what_is_no_scheduler_is_told_in_one_line(project, given, told):
    (project.path / "odd.json").write_text('{"address": 5}')
    done = project.kedro("run", "--env=smoke", DASK, *given)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not project.path.joinpath("data").exists()


def test_a_server_of_another_kind_is_told_in_one_line(project):
    def greet(server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=greet, args=(server,), daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        asked = f"--runner-params=address={address}"
        done = project.kedro("run", "--env=smoke", DASK, asked)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: No Dask scheduler at {address}: ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_server_that_is_no_scheduler_is_told_in_one_line(project):
    """Such as the scheduler's own page, whose port is the next one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        asked = f"--runner-params=address={address}"
        done = project.kedro("run", "--env=smoke", DASK, asked)
    assert done.returncode == 1
    assert done.stderr == f"Error: No Dask scheduler at {address}: timed out\n"
