import socket
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from email.utils import formatdate
from multiprocessing import get_context
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from kedro.io import DatasetError

from logit_adjustment_kedro.datasets.sources import download, servers
from logit_adjustment_kedro.datasets.sources.download import fetch

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
    monkeypatch.setattr(servers, "SILENCE_TIMEOUT", 0.4)
    monkeypatch.setattr(servers, "CONNECT_TIMEOUT", 0.4)
    server.send_slowly(BODY, parts=10, pause=0.1)
    assert fetch(f"{server.url}/file.bin", target, check) == "checked"
    assert len(server.requests) == 1


def test_silent_server_is_given_up(server, target, monkeypatch):
    monkeypatch.setattr(servers, "SILENCE_TIMEOUT", 0.2)
    server.send_part_then_nothing(BODY)
    with pytest.raises(DatasetError) as failure:
        fetch(f"{server.url}/file.bin", target, check)
    assert str(failure.value).endswith(": Timeout on reading data from socket")
    assert len(server.requests) == 3
    assert_nothing_left(target)


def test_connection_that_never_stands_is_given_up(server, target, monkeypatch):
    monkeypatch.setattr(servers, "CONNECT_TIMEOUT", 0.2)
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


@pytest.mark.parametrize("status", [202, 206])
def test_part_that_nobody_asked_for_is_refused(server, target, status):
    server.send_headers(BODY[:1000], {"Content-Length": "1000"}, status=status)
    with pytest.raises(DatasetError, match=f"the server answered {status} "):
        fetch(f"{server.url}/file.bin", target, check=Path.read_bytes)
    assert_nothing_left(target)


def test_body_without_an_end_is_refused(server, target):
    """It may have been cut off anywhere: whole records say nothing."""
    server.send_headers(BODY[:1000], {})
    cause = "the server did not say how long the file is"
    with pytest.raises(DatasetError, match=cause):
        fetch(f"{server.url}/file.bin", target, check=Path.read_bytes)
    assert_nothing_left(target)


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def test_body_in_chunks_is_fetched_whole(server, target):
    chunked = {"Transfer-Encoding": "chunked"}
    server.send_headers(chunk(BODY[:1000]), chunked)
    server.send_headers(chunk(BODY[:9]) + chunk(BODY[9:]) + chunk(b""), chunked)
    assert fetch(f"{server.url}/file.bin", target, check) == "checked"
    assert len(server.requests) == 2


class CutOff(MemoryFileSystem):
    """Gives less than it says it has."""

    protocol = "cutoff"

    def get_file(self, rpath, lpath, callback, **kwargs):
        callback.set_size(len(BODY))
        Path(lpath).write_bytes(BODY[:1000])


def test_less_than_was_announced_is_refused(target):
    fsspec.register_implementation("cutoff", CutOff, clobber=True)
    with pytest.raises(DatasetError, match="expected 102,400 bytes, came 1,000"):
        fetch("cutoff://bucket/file.bin", target, check=Path.read_bytes)
    assert_nothing_left(target)


@pytest.mark.parametrize("announced", [True, False])
def test_too_much_is_refused(server, target, monkeypatch, announced):
    monkeypatch.setattr(download, "LARGEST", len(BODY) - 1)
    headers = {"Transfer-Encoding": "chunked"}
    body = chunk(BODY)  # and no last chunk: it may go on for ever
    if announced:
        headers, body = {"Content-Length": str(len(BODY))}, b""
    server.send_headers(body, headers)
    with pytest.raises(DatasetError, match="expected at most 102,399 bytes, came more"):
        fetch(f"{server.url}/file.bin", target, check)
    assert len(server.requests) == 1
    assert_nothing_left(target)


@pytest.mark.parametrize(
    ("location", "cause"),
    [
        (
            "file:///etc/hostname",
            "redirected to file:///etc/hostname, which is not http",
        ),
        ("/round", "redirected 10 times, and still no file"),
        (None, "the server answered 302 "),
    ],
)
def test_redirects_that_lead_nowhere_are_final(server, target, location, cause):
    headers = {"Location": location} if location else {}
    server.send_headers(b"", headers | {"Content-Length": "0"}, status=302)
    with pytest.raises(DatasetError) as failure:
        fetch(f"{server.url}/file.bin", target, check)
    assert str(failure.value).startswith(f"Cannot fetch {server.url}/file.bin: {cause}")
    assert len(server.requests) == (10 if location == "/round" else 1)


def test_redirect_does_not_show_where_to(server, target):
    location = {"Location": "ftp://me:secret@host/?token=hidden", "Content-Length": "0"}
    server.send_headers(b"", location, status=302)
    with pytest.raises(DatasetError, match=r"redirected to ftp://host/\?token="):
        fetch(f"{server.url}/file.bin", target, check)


def test_reason_sends_nothing_to_the_terminal(server, target):
    reason = "\x1b[31mRed\x1b[0m\x07"
    server.send_headers(b"", {"Content-Length": "0"}, status=403, reason=reason)
    with pytest.raises(DatasetError) as failure:
        fetch(f"{server.url}/file.bin", target, check)
    assert str(failure.value).isprintable()


@pytest.mark.parametrize("date", [True, False])
def test_server_is_left_alone_as_long_as_it_asks(server, target, monkeypatch, date):
    waits = []
    monkeypatch.setattr(download.time, "sleep", waits.append)
    asked = formatdate(time.time() + 60, usegmt=True) if date else "60"
    headers = {"Retry-After": asked, "Content-Length": "0"}
    server.send_headers(b"", headers, status=429)
    server.send_whole(BODY)
    assert fetch(f"{server.url}/file.bin", target, check) == "checked"
    assert waits == [pytest.approx(60, abs=10)]


def test_server_that_asks_for_too_much_time_is_given_up(server, target):
    headers = {"Retry-After": "3600", "Content-Length": "0"}
    server.send_headers(b"", headers, status=503)
    with pytest.raises(DatasetError, match="503 .*, and asked to wait for 3600 s$"):
        fetch(f"{server.url}/file.bin", target, check)
    assert len(server.requests) == 1


@pytest.mark.parametrize("asked", ["soon", "-1", ""])
def test_unreadable_wish_is_ignored(server, target, asked):
    headers = {"Retry-After": asked, "Content-Length": "0"}
    server.send_headers(b"", headers, status=503)
    server.send_whole(BODY)
    assert fetch(f"{server.url}/file.bin", target, check) == "checked"


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_same_file_is_fetched_by_several_at_once(server, target, pool):
    server.send_slowly(BODY, parts=4, pause=0.1)
    options = (
        {"mp_context": get_context("spawn")} if pool is ProcessPoolExecutor else {}
    )
    with pool(3, **options) as workers:
        url = f"{server.url}/file.bin"
        runs = [workers.submit(fetch, url, target, check) for _ in range(3)]
        assert [run.result() for run in runs] == ["checked"] * 3
    assert list(target.parent.iterdir()) == [target]
