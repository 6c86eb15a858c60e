"""How many trainings at once."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny import make_task

from logit_adjustment_kedro.runs import RunStore
from logit_adjustment_kedro.training import Job, Places, at_once, room

GIB = 2**30


def jobs(count: int = 6, **changes) -> list[Job]:
    places = Places(Path("nowhere"), Path("nowhere"))
    store = RunStore(Path("nowhere"))
    return Job(make_task(**changes), range(count), store, places).apart()


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """One of four cores, with memory for many."""
    there = SimpleNamespace(free=64 * GIB)
    monkeypatch.setattr(room, "cores", lambda: 4)
    monkeypatch.setattr(room, "free_memory", lambda: there.free)
    monkeypatch.setattr(room.shutil, "which", lambda name: None)
    return there


@pytest.mark.parametrize(
    ("count", "threads", "expected"), [(6, 1, 4), (3, 1, 3), (6, 2, 2), (6, 8, 1)]
)
def test_the_cores_are_divided_among_them(count, threads, expected):
    assert at_once(jobs(count, threads=threads)) == expected


def test_nothing_needs_no_room():
    assert at_once([]) == 0


@pytest.mark.parametrize(("free", "expected"), [(0.5, 1), (3.1, 2), (4.6, 3)])
def test_there_are_no_more_than_memory_is_enough_for(machine, free, expected):
    machine.free = int(free * GIB)
    assert at_once(jobs()) == expected


def test_on_a_gpu_one_at_a_time(monkeypatch):
    monkeypatch.setattr(room.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert at_once(jobs()) == 1
    assert at_once(jobs(at_once=3)) == 3


@pytest.mark.parametrize(("asked", "expected"), [(1, 1), (2, 2), (9, 6)])
def test_who_asks_for_a_number_has_it(asked, expected):
    assert at_once(jobs(at_once=asked)) == expected
