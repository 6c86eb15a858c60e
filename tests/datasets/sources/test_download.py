import socket
import sys
from pathlib import Path

import fsspec
import pytest
from kedro.io import DatasetError

from logit_adjustment_kedro.datasets.sources import download
from logit_adjustment_kedro.datasets.sources.download import (
    fetch,
    kept_path,
    local_path,
)

BODY = bytes(range(256)) * 400


def check(file: Path) -> str:
    """Accepts the whole body alone, and returns something to see it was called."""
    if file.read_bytes() != BODY:
        raise DatasetError(f"expected the body, came {file.stat().st_size} bytes")
    return "checked"


@pytest.fixture
def target(tmp_path):
    return tmp_path / "kept" / "file.bin"


def assert_nothing_left(target: Path) -> None:
    assert not target.parent.exists() or list(target.parent.iterdir()) == []


def test_whole_file_is_kept_and_checked(server, target, capsys):
    server.send_whole(BODY)
    assert fetch(f"{server.url}/file.bin", target, check) == "checked"
    assert "102.4/102.4 kB" in capsys.readouterr().out
    assert target.read_bytes() == BODY
    assert list(target.parent.iterdir()) == [target]
    assert server.requests == ["/file.bin"]


def test_present_file_is_not_fetched_again(server, target):
    server.send_whole(BODY)
    for _ in range(2):
        assert fetch(f"{server.url}/file.bin", target, check) == "checked"
    assert len(server.requests) == 1


def test_cut_off_file_is_an_error(server, target):
    server.send_cut_off(BODY, missing=1)
    url = f"{server.url}/file.bin"
    with pytest.raises(DatasetError) as failure:
        fetch(url, target, check)
    cause = "the connection closed before the file was whole"
    assert str(failure.value) == f"Cannot fetch {url}: {cause}"
    assert len(server.requests) == 3
    assert_nothing_left(target)


def test_file_cut_off_once_is_fetched_again(server, target):
    server.send_cut_off(BODY[:1000], missing=1)
    server.send_whole(BODY)
    assert fetch(f"{server.url}/file.bin", target, check) == "checked"
    assert target.read_bytes() == BODY
    assert len(server.requests) == 2


def test_waits_grow(server, target, monkeypatch):
    waits = []
    monkeypatch.setattr(download.time, "sleep", waits.append)
    server.send_status(503)
    with pytest.raises(DatasetError, match="the server answered 503"):
        fetch(f"{server.url}/file.bin", target, check)
    assert waits == [0.01, 0.02]


def test_busy_server_is_asked_again(server, target):
    server.send_status(503)
    server.send_status(429)
    server.send_whole(BODY)
    assert fetch(f"{server.url}/file.bin", target, check) == "checked"


@pytest.mark.parametrize(
    ("status", "cause"),
    [(404, "no such file there"), (403, "the server answered 403 Forbidden")],
)
def test_refusal_is_final(server, target, status, cause):
    server.send_status(status)
    url = f"{server.url}/file.bin"
    with pytest.raises(DatasetError) as failure:
        fetch(url, target, check)
    assert str(failure.value) == f"Cannot fetch {url}: {cause}"
    assert len(server.requests) == 1
    assert_nothing_left(target)


def test_slow_file_may_take_longer_than_a_silence(server, target, monkeypatch):
    monkeypatch.setattr(download, "SILENCE_TIMEOUT", 0.4)
    monkeypatch.setattr(download, "CONNECT_TIMEOUT", 0.4)
    server.send_slowly(BODY, parts=10, pause=0.1)
    assert fetch(f"{server.url}/file.bin", target, check) == "checked"
    assert len(server.requests) == 1


def test_silent_server_is_given_up(server, target, monkeypatch):
    monkeypatch.setattr(download, "SILENCE_TIMEOUT", 0.2)
    server.send_part_then_nothing(BODY)
    with pytest.raises(DatasetError) as failure:
        fetch(f"{server.url}/file.bin", target, check)
    assert str(failure.value).endswith(": Timeout on reading data from socket")
    assert len(server.requests) == 3
    assert_nothing_left(target)


def test_connection_that_never_stands_is_given_up(server, target, monkeypatch):
    monkeypatch.setattr(download, "CONNECT_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/file.bin"
        with pytest.raises(DatasetError) as failure:
            fetch(url, target, check)
    assert "timeout" in str(failure.value)
    assert_nothing_left(target)


def test_server_that_is_not_there_is_an_error(server, target):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/file.bin"
    with pytest.raises(DatasetError, match=f"Cannot fetch {url}: Cannot connect to"):
        fetch(url, target, check)
    assert_nothing_left(target)


def test_refused_file_is_not_kept(server, target):
    server.send_whole(b"<!DOCTYPE html>")
    with pytest.raises(DatasetError, match="expected the body, came 15 bytes"):
        fetch(f"{server.url}/file.bin", target, check)
    assert len(server.requests) == 1
    assert_nothing_left(target)


def test_proxy_of_the_environment_is_used(server, target, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    server.send_whole(BODY)
    assert fetch("http://nowhere.invalid/file.bin", target, check) == "checked"
    assert server.requests == ["http://nowhere.invalid/file.bin"]


def test_other_protocols_are_fetched(target):
    with fsspec.open("memory://bucket/file.bin", "wb") as stream:
        stream.write(BODY)
    assert fetch("memory://bucket/file.bin", target, check) == "checked"
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("gs://bucket/file.bin", "Please install gcsfs to access Google Storage"),
        ("gopher://host/file.bin", "Protocol not known: gopher"),
        ("memory://bucket/none", "no such file there"),
    ],
)
def test_what_other_protocols_lack_is_named(target, monkeypatch, url, cause):
    monkeypatch.setitem(sys.modules, "gcsfs", None)  # as if it were not installed
    with pytest.raises(DatasetError) as failure:
        fetch(url, target, check)
    assert str(failure.value) == f"Cannot fetch {url}: {cause}"
    assert_nothing_left(target)


def test_target_that_cannot_be_written_is_an_error(server, tmp_path):
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "file.bin"
    url = f"{server.url}/file.bin"
    with pytest.raises(DatasetError, match=f"Cannot keep {url} at {target}: "):
        fetch(url, target, check)
    assert server.requests == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://host.org/a/b.tfrecord", "host.org/a/b.tfrecord"),
        ("http://127.0.0.1:8000/b", "127.0.0.1:8000/b"),
        ("gs://bucket/a/b", "bucket/a/b"),
        ("https://user:secret@host.org/b", "host.org/b"),
        ("https://host.org/get?id=1", "host.org/get?id=1"),
        ("https://host.org/../../b", "host.org/b"),
    ],
)
def test_kept_path(url, expected, tmp_path):
    assert kept_path(url, tmp_path) == tmp_path / expected


def test_local_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "with space.tfrecord"
    assert local_path("with space.tfrecord") == file
    assert local_path(str(file)) == file
    assert local_path(file.as_uri()) == file
