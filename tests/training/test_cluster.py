"""Trainings on a real scheduler and real workers of Dask, on this machine."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from test_workers import LONG, Deadly, expect_the_same_logits, jobs_in

import logit_adjustment_kedro
from dask_processes import connected, scheduler_in, worker_of
from logit_adjustment_kedro import __version__
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.training import Workers
from logit_adjustment_kedro.training.cluster import INTERVAL, Cluster
from project_copies import PATIENCE, wait_for

OTHER = f"has logit_adjustment_kedro 0.0.1: expected {__version__}"
SOON = 30.0  # seconds, in which what nobody waits for must have ended
HERE = os.pathsep.join([str(Path(__file__).parent), *sys.path])


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """Two workers, and the file of their scheduler."""
    folder = tmp_path_factory.mktemp("scheduler")
    with scheduler_in(folder) as file, worker_of(file) as one, worker_of(file) as two:
        with connected(file) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield file, (one, two)


@pytest.fixture
def scheduler(workers):
    return workers[0]


@pytest.fixture
def training(workers):
    """Gives the process that trains, of which there is one."""

    def found() -> psutil.Process:
        children = [psutil.Process(worker.pid).children() for worker in workers[1]]
        (process,) = sum(children, [])
        return process

    return found


@pytest.fixture
def cluster(scheduler):
    with connected(scheduler) as client:
        yield Cluster(client)


def asked(
    scheduler: Path, folder: Path, changes: dict, *detached: str, **options
) -> subprocess.Popen:
    """Has a training of seed 3 asked for by another process."""
    return subprocess.Popen(
        [sys.executable, __file__, scheduler, folder, json.dumps(changes), *detached],
        env=os.environ | {"PYTHONPATH": HERE},
        **options,
    )


def test_the_runs_are_those_of_this_machine(cluster, tmp_path):
    there, here = jobs_in(tmp_path / "there", 3, 5), jobs_in(tmp_path / "here", 3, 5)
    cluster.train(there)
    workers = Workers(2, threads=1)
    workers.train(here)
    workers.end()
    expect_the_same_logits(there, here)


def test_one_that_fails_and_one_that_kills_are_told_and_others_finish(
    cluster, tmp_path
):
    rate = {"base": 1e30, "warmup": 0, "for_epochs": 3}
    bad, good = jobs_in(tmp_path, 4, learning_rate=rate), jobs_in(tmp_path, 3)
    (job,) = jobs_in(tmp_path, 6)
    deadly = Deadly(job.task, job.seeds, job.store, job.places)
    with pytest.raises(InputError) as told:
        cluster.train([deadly, *bad, *good])
    assert "erm, seed 4: " in str(told.value)
    assert "erm, seed 6: its process was ended by signal 9; " in str(told.value)
    assert jobs_in(tmp_path, 3) == []


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_trainings_end_with_who_asked_for_them(scheduler, training, tmp_path, end):
    (job,) = jobs_in(tmp_path, 3, **LONG)
    kept = job.places.checkpoint(job.task.setup, 3)
    asking = asked(scheduler, tmp_path, LONG, stderr=subprocess.DEVNULL)
    wait_for(kept.exists)
    process = training()
    asking.send_signal(end)
    assert asking.wait(PATIENCE) != 0
    process.wait(SOON)
    assert kept.exists()  # to go on from


def test_detached_they_go_on(scheduler, training, tmp_path):
    longer = {"epochs": 300}
    (job,) = jobs_in(tmp_path, 3, **longer)
    kept = job.places.checkpoint(job.task.setup, 3)
    asking = asked(scheduler, tmp_path, longer, "detached")
    wait_for(kept.exists)
    asking.kill()
    process = training()
    with pytest.raises(psutil.TimeoutExpired):
        process.wait(5 * INTERVAL)
    wait_for(lambda: jobs_in(tmp_path, 3, **longer) == [])


def test_workers_must_see_the_files(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where they are not
    with pytest.raises(InputError, match="tcp://.* does not see elsewhere/checkpoints"):
        cluster.train(jobs_in(Path("elsewhere"), 3))


@pytest.fixture(scope="module")
def another_version(tmp_path_factory) -> str:
    """A search path with another version of this package."""
    folder = tmp_path_factory.mktemp("another")
    package = Path(logit_adjustment_kedro.__file__).parent
    shutil.copytree(package, folder / package.name)
    with (folder / package.name / "__init__.py").open("a") as file:
        file.write('__version__ = "0.0.1"\n')
    return str(folder)


def test_a_worker_of_another_version_is_refused(scheduler, another_version, tmp_path):
    told = f"worker tcp://.* {OTHER}"
    with worker_of(scheduler, another_version), connected(scheduler) as client:
        client.wait_for_workers(3, timeout=PATIENCE)
        with pytest.raises(InputError, match=told):
            Cluster(client).train(jobs_in(tmp_path, 3))


@contextmanager
def refused(scheduler: Path, told: str) -> Iterator[Cluster]:
    """Gives a cluster of one good worker, and expects to be told something."""
    expected = pytest.raises(InputError, match=told)
    with worker_of(scheduler), connected(scheduler) as client, expected:
        yield Cluster(client)


def test_a_scheduler_of_another_version_is_refused(another_version, tmp_path):
    told = f"The scheduler tcp://.* {OTHER}"
    start = scheduler_in(tmp_path, another_version)
    with start as file, refused(file, told) as cluster:
        cluster.train(jobs_in(tmp_path, 3))


def test_a_scheduler_without_this_package_is_refused(tmp_path):
    (tmp_path / "logit_adjustment_kedro").mkdir()
    (tmp_path / "logit_adjustment_kedro/__init__.py").touch()
    told = "expected this package where the scheduler and its workers run"
    with scheduler_in(tmp_path, str(tmp_path)) as file, refused(file, told) as cluster:
        cluster.train(jobs_in(tmp_path, 3))


def test_a_worker_that_comes_later_is_looked_at_too(another_version, tmp_path):
    told = pytest.raises(InputError, match=f"^erm, seed 3: The worker .*{OTHER}")
    threads = ThreadPoolExecutor()
    with scheduler_in(tmp_path) as file, connected(file) as client, threads:
        training = threads.submit(Cluster(client).train, jobs_in(tmp_path, 3))
        with worker_of(file, another_version), told:
            training.result()


def test_a_worker_without_this_package_is_refused(tmp_path):
    (tmp_path / "logit_adjustment_kedro").mkdir()
    (tmp_path / "logit_adjustment_kedro/__init__.py").touch()
    told = "expected this package where the scheduler and its workers run"
    with (
        scheduler_in(tmp_path) as file,
        worker_of(file, str(tmp_path)),
        connected(file) as client,
    ):
        client.wait_for_workers(1, timeout=PATIENCE)
        with pytest.raises(InputError, match=told):
            Cluster(client).train(jobs_in(tmp_path, 3))


def test_where_no_worker_is_left_trainings_wait_and_it_is_told(tmp_path, caplog):
    caplog.set_level("INFO")
    (job,) = jobs_in(tmp_path, 3, epochs=150)
    kept = job.places.checkpoint(job.task.setup, 3)
    threads = ThreadPoolExecutor()
    with scheduler_in(tmp_path) as file, connected(file) as client, threads:
        training = threads.submit(Cluster(client).train, [job])
        wait_for(lambda: caplog.text.count("trainings wait for one") == 1)
        with worker_of(file):
            wait_for(kept.exists)
        wait_for(lambda: caplog.text.count("trainings wait for one") == 2)
        with worker_of(file):
            training.result()
    assert caplog.text.count("A worker has come to tcp://127.0.0.1:") == 2
    assert jobs_in(tmp_path, 3, epochs=150) == []


def test_where_the_scheduler_dies_all_ends(tmp_path):
    (job,) = jobs_in(tmp_path, 3, **LONG)
    kept = job.places.checkpoint(job.task.setup, 3)
    with scheduler_in(tmp_path) as file, worker_of(file) as worker:
        asking = asked(file, tmp_path, LONG, stderr=subprocess.PIPE, text=True)
        wait_for(kept.exists)
        (process,) = psutil.Process(worker.pid).children()
        psutil.Process(int((tmp_path / "pid").read_text())).kill()
        _, told = asking.communicate(timeout=PATIENCE)
        process.wait(SOON)
    assert asking.returncode != 0
    assert "InputError: erm, seed 3: it was cancelled, or the scheduler is gone" in told


def test_where_a_worker_dies_its_training_goes_on_elsewhere(
    scheduler, training, tmp_path
):
    longer = {"epochs": 150}
    (job,), (alone,) = (jobs_in(tmp_path / n, 3, **longer) for n in ("killed", "alone"))
    kept = job.places.checkpoint(job.task.setup, 3)
    asking = asked(scheduler, tmp_path / "killed", longer)
    wait_for(kept.exists)
    training().parent().kill()
    assert asking.wait(PATIENCE) == 0
    with connected(scheduler) as client:
        Cluster(client).train([alone])
    expect_the_same_logits([job], [alone])


if __name__ == "__main__":
    scheduler_file, folder, changes, *detached = sys.argv[1:]
    with connected(Path(scheduler_file)) as client:
        jobs = jobs_in(Path(folder), 3, **json.loads(changes))
        Cluster(client, bool(detached)).train(jobs)
