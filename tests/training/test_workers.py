"""Processes that train side by side: what they are told, and how they end."""

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest
from tiny import ADJUSTED, AS_THEY_COME, make_task

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.runs import Part, RunStore, View
from logit_adjustment_kedro.training import Job, Places, Workers
from logit_adjustment_kedro.training.parcels import pack
from logit_adjustment_kedro.training.process import Died, Process, show
from project_copies import PATIENCE, wait_for

QUICK = {"epochs": 2} | AS_THEY_COME
LONG = {"epochs": 100_000} | AS_THEY_COME


class Deadly(Job):
    """A training whose process is killed, as for want of memory."""

    def do(self, shown=None) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Full(Job):
    """A training that can write no more, as on a disk that is full."""

    def do(self, shown=None) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        super().do(shown)


@pytest.fixture(scope="module")
def workers():
    two = Workers(2, threads=1)
    yield two
    two.end()


def jobs_in(folder: Path, *seeds: int, **changes) -> list[Job]:
    places = Places(folder / "checkpoints", folder / "curves")
    store = RunStore(folder / "runs")
    task = make_task(**(QUICK | changes))
    return Job(task, seeds, store, places, (ADJUSTED,)).apart()


def logits_of(job: Job) -> np.ndarray:
    (run,) = job.store.demand(job.task.setup, job.seeds)
    return run.logits[Part.TEST, View.PLAIN]


def expect_the_same_logits(ones: list[Job], others: list[Job]) -> None:
    for one, other in zip(ones, others, strict=True):
        np.testing.assert_array_equal(logits_of(one), logits_of(other))


def test_side_by_side_the_runs_are_those_of_one_after_the_other(workers, tmp_path):
    both, alone = jobs_in(tmp_path / "both", 3, 5), jobs_in(tmp_path / "alone", 3, 5)
    workers.train(both)
    one = Workers(1, threads=1)
    one.train(alone)
    one.end()
    expect_the_same_logits(both, alone)
    assert (logits_of(both[0]) != logits_of(both[1])).any()
    assert not list(tmp_path.rglob("*.npz.lock"))
    assert jobs_in(tmp_path / "both", 3, 5) == []


def test_one_that_fails_is_told_by_its_name_and_the_others_finish(workers, tmp_path):
    rate = {"base": 1e30, "warmup": 0, "for_epochs": 3}
    bad, good = jobs_in(tmp_path, 4, learning_rate=rate), jobs_in(tmp_path, 3, 5)
    with pytest.raises(InputError, match="^erm, seed 4: .*Try a lower learning_rate"):
        workers.train(bad + good)
    assert jobs_in(tmp_path, 3, 5) == []


def test_a_process_that_dies_is_replaced_and_its_training_goes_on(tmp_path, caplog):
    longer = {"epochs": 150}
    (job,), (alone,) = (jobs_in(tmp_path / n, 3, **longer) for n in ("killed", "alone"))
    before = set(psutil.Process().children())  # a browser's, too
    one = Workers(1, threads=1)
    (worker,) = set(psutil.Process().children()) - before
    training = threading.Thread(target=one.train, args=([job],))
    training.start()
    kept = job.places.checkpoint(job.task.setup, 3)
    wait_for(kept.exists)
    worker.kill()
    training.join()
    one.train([alone])
    one.end()
    assert "ended by signal 9" in caplog.text
    expect_the_same_logits([job], [alone])


def test_a_training_that_kills_its_process_twice_is_given_up(workers, tmp_path):
    good = jobs_in(tmp_path, 3)
    (job,) = jobs_in(tmp_path, 4)
    deadly = Deadly(job.task, job.seeds, job.store, job.places)
    told = "erm, seed 4: its process was ended by signal 9; the system may have run out"
    with pytest.raises(InputError, match=told):
        workers.train([deadly, *good])
    assert jobs_in(tmp_path, 3) == []
    workers.train(jobs_in(tmp_path, 5))  # with the process that came in its place


def test_where_nothing_can_be_written_it_is_told_and_nothing_is_left(tmp_path):
    (job,) = jobs_in(tmp_path, 3)
    one = Workers(1, threads=1)
    with pytest.raises(InputError, match="^erm, seed 3: .*File too large"):
        one.train([Full(job.task, job.seeds, job.store, job.places)])
    one.end()
    assert not list(tmp_path.rglob(".tmp-*"))
    assert not list(tmp_path.rglob("run.json"))


def test_what_is_not_heard_here_is_not_heard_of_a_job_either(monkeypatch, caplog):
    monkeypatch.setattr(logging.getLogger("tensorflow"), "level", logging.ERROR)
    for level in (logging.WARNING, logging.ERROR):
        made = {"name": "tensorflow", "levelno": level, "msg": f"at {level}"}
        show(None, "log", logging.makeLogRecord(made))
    assert caplog.messages == ["at 40"]


def test_a_process_that_dies_at_once_is_told(tmp_path):
    (job,) = jobs_in(tmp_path, 3)
    process = Process({"PYTHONMALLOC": "none"})  # which Python refuses
    with pytest.raises(Died, match="its process ended with code 1"):
        process.do(pack(job), print)
    process.end()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("end", ["interrupted", "killed"])
def test_trainings_end_with_the_process_that_asked_for_them(tmp_path, end):
    asking = subprocess.Popen(
        [sys.executable, __file__, tmp_path],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    kept = [
        job.places.checkpoint(job.task.setup, seed)
        for job, seed in zip(jobs_in(tmp_path, 3, 5, **LONG), (3, 5), strict=True)
    ]
    wait_for(lambda: all(file.exists() for file in kept))
    children = psutil.Process(asking.pid).children(recursive=True)
    assert len(children) == 2
    if end == "interrupted":
        os.killpg(asking.pid, signal.SIGINT)  # as a terminal does
    else:
        asking.kill()
    _, left = psutil.wait_procs(children, timeout=PATIENCE)
    assert not left
    assert asking.wait(PATIENCE) != 0
    assert all(file.exists() for file in kept)  # to go on from
    assert not list(tmp_path.rglob("run.json"))


if __name__ == "__main__":
    Workers(2, threads=1).train(jobs_in(Path(sys.argv[1]), 3, 5, **LONG))
