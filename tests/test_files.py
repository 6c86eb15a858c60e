"""Writes that are whole or not there, whoever writes and dies at the same time."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

import logit_adjustment_kedro
from logit_adjustment_kedro.files import creating, remove_leftovers, replacing

SOURCE = Path(logit_adjustment_kedro.__file__).parents[1]
SIZE = 100_000  # bytes: more than one write
DAY = 24 * 3600
NOBODY = 2**30  # more than any process's number


def write_file(target: Path, writer: int) -> None:
    with replacing(target) as temporary, temporary.open("wb") as stream:
        for _ in range(10):
            stream.write(bytes([writer % 256]) * (SIZE // 10))


def write_folder(target: Path, writer: int) -> None:
    with replacing(target) as temporary:
        temporary.mkdir()
        for name in ("a", "b"):
            (temporary / name).write_text(str(writer))


def test_a_file_appears_when_it_is_whole(tmp_path):
    target = tmp_path / "new" / "file.txt"
    with replacing(target) as temporary:
        temporary.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


def test_the_temporary_file_has_the_name_of_the_target(tmp_path):
    """Libraries look at a name's ending; and a name may be as long as names can be."""
    for name in ("file.json", "x" * 255):
        with replacing(tmp_path / name) as temporary:
            assert temporary.name == name
            temporary.touch()
        assert (tmp_path / name).is_file()


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as temporary:
        temporary.write_text("half")
        _ = 1 / 0
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("old_is_folder", [True, False])
def test_writing_nothing_is_an_error_and_leaves_the_old(tmp_path, old_is_folder):
    target = tmp_path / "target"
    target.mkdir() if old_is_folder else target.touch()
    with pytest.raises(FileNotFoundError), replacing(target):
        pass
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "folder"
    for name in ("first", "second"):
        with replacing(target) as temporary:
            temporary.mkdir()
            (temporary / name).touch()
    assert [path.name for path in target.iterdir()] == ["second"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_replaces_a_folder_and_a_folder_a_file(tmp_path):
    target = tmp_path / "target"
    write_folder(target, 1)
    write_file(target, 2)
    assert target.read_bytes() == bytes([2]) * SIZE
    write_folder(target, 3)
    assert (target / "a").read_text() == "3"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_be_moved_into_place_leaves_the_old(tmp_path, monkeypatch):
    target = tmp_path / "folder"
    write_folder(target, 1)

    def refuse(self, target):
        raise PermissionError("somebody has it open")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError, match="has it open"):
        write_folder(target, 2)
    assert (target / "a").read_text() == "1"
    assert list(tmp_path.iterdir()) == [target]


def test_two_writers_at_once_do_not_meet(tmp_path):
    target = tmp_path / "file.txt"
    with replacing(target) as first:
        first.write_text("first")
        with replacing(target) as second:
            second.write_text("second")
        assert target.read_text() == "second"
        assert first.read_text() == "first"
    assert target.read_text() == "first"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_every_reader_meets_a_whole_file(tmp_path, pool):
    """At any time of 300 writes by four writers, the first having finished."""
    target = tmp_path / "file.bin"
    write_file(target, 0)
    context = {"mp_context": multiprocessing.get_context("spawn")}
    with pool(4, **context if pool is ProcessPoolExecutor else {}) as workers:
        writes = [workers.submit(write_file, target, i) for i in range(300)]
        while not all(write.done() for write in writes):
            content = target.read_bytes()
            assert (len(content), len(set(content))) == (SIZE, 1)
        for write in writes:
            write.result()
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_folder_written_by_many_at_once_is_that_of_one(tmp_path, pool):
    target = tmp_path / "folder"
    context = {"mp_context": multiprocessing.get_context("spawn")}
    with pool(4, **context if pool is ProcessPoolExecutor else {}) as workers:
        writes = [workers.submit(write_folder, target, i) for i in range(300)]
        for write in writes:
            write.result()
    assert (target / "a").read_text() == (target / "b").read_text()
    assert list(tmp_path.iterdir()) == [target]


def test_the_first_folder_of_a_name_stays(tmp_path):
    target = tmp_path / "new" / "folder"
    with creating(target) as slow:
        slow.mkdir()
        (slow / "slow").touch()
        with creating(target) as quick:
            quick.mkdir()
            (quick / "quick").touch()
    assert [path.name for path in target.iterdir()] == ["quick"]
    assert list(target.parent.iterdir()) == [target]


DYING = """
import sys, time
from pathlib import Path
from logit_adjustment_kedro.files import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.mkdir()
    (temporary / "half").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def start_writer(tmp_path):
    """Starts a process that is in the midst of writing `target`."""
    started = []

    def start(target: Path) -> subprocess.Popen:
        writer = subprocess.Popen(
            [sys.executable, "-c", DYING, str(target)],
            cwd=SOURCE,
            stdout=subprocess.PIPE,
        )
        started.append(writer)
        assert writer.stdout.readline() == b"writing\n"
        return writer

    yield start
    for writer in started:
        writer.kill()
        writer.wait()
        writer.stdout.close()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_killed_process_left_is_removed(tmp_path, start_writer, by):
    target = tmp_path / "deep" / "below" / "folder"
    write_folder(target, 1)
    writer = start_writer(target)
    writer.send_signal(by)
    assert writer.wait() == -by
    assert len(list(target.parent.iterdir())) == 2
    remove_leftovers(tmp_path)
    assert list(target.parent.iterdir()) == [target]
    assert (target / "a").read_text() == "1"


def test_what_a_live_process_is_writing_stays(tmp_path, start_writer):
    start_writer(tmp_path / "folder")
    with replacing(tmp_path / "file") as mine:
        mine.write_text("half")
        remove_leftovers(tmp_path)
        assert len(list(tmp_path.glob(".tmp-*"))) == 2
        assert mine.read_text() == "half"


def leftover(folder: Path, host: str, process: int, age: float) -> Path:
    """Makes what a process left, as long ago as `age` (seconds)."""
    left = folder / f".tmp-{host}-{process}-0123456789abcdef"
    left.mkdir(parents=True)
    (left / "half").touch()
    for path in (left / "half", left):
        os.utime(path, (time.time() - age,) * 2)
    return left


def test_what_another_machine_left_is_removed_after_a_day(tmp_path):
    young = leftover(tmp_path, "other-host-1.org", NOBODY, age=0.9 * DAY)
    leftover(tmp_path, "other-host-2.org", NOBODY, age=1.1 * DAY)
    busy = leftover(tmp_path, "other-host-3.org", NOBODY, age=1.1 * DAY)
    (busy / "half").write_text("more")
    os.utime(busy, (time.time() - 1.1 * DAY,) * 2)
    remove_leftovers(tmp_path)
    assert set(tmp_path.iterdir()) == {young, busy}


def test_of_this_machine_the_dead_keep_nothing_and_the_living_for_a_day(tmp_path):
    leftover(tmp_path, socket.gethostname(), os.getpid(), age=1.1 * DAY)
    leftover(tmp_path, socket.gethostname(), NOBODY, age=0)
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_else_is_removed(tmp_path):
    kept = [tmp_path / ".tmp-notes", tmp_path / ".tmp-a-1-b", tmp_path / "data"]
    for folder in kept:
        folder.mkdir()
        os.utime(folder, (0, 0))
    remove_leftovers(tmp_path)
    assert set(tmp_path.iterdir()) == set(kept)
    remove_leftovers(tmp_path / "no" / "such" / "folder")
