import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from logit_adjustment_kedro.datasets.sources import download
from tfrecord_files import example, write


class Server(ThreadingHTTPServer):
    """A server whose answers a test chooses: one a request, the last for all after.

    An answer is a function of the request's handler; `requests` lists the paths asked.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.answers: list[Callable] = []
        self.requests: list[str] = []
        self.stopped = threading.Event()

    def send_whole(self, body: bytes) -> None:
        self.answers.append(lambda handler: handler.send(body, length=len(body)))

    def send_cut_off(self, body: bytes, missing: int) -> None:
        length = len(body) + missing
        self.answers.append(lambda handler: handler.send(body, length=length))

    def send_status(self, status: int) -> None:
        self.answers.append(lambda handler: handler.send_error(status))

    def send_headers(
        self, body: bytes, headers: dict, status: int = 200, reason: str | None = None
    ) -> None:
        """Sends the body as it is, and closes the connection."""

        def answer(handler: Handler) -> None:
            handler.send_response(status, reason)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers.append(answer)

    def send_slowly(self, body: bytes, parts: int, pause: float) -> None:
        def answer(handler: Handler) -> None:
            step = -(-len(body) // parts)
            handler.send(b"", length=len(body))
            for start in range(0, len(body), step):
                self.stopped.wait(pause)
                handler.wfile.write(body[start : start + step])

        self.answers.append(answer)

    def send_part_then_nothing(self, body: bytes) -> None:
        def answer(handler: Handler) -> None:
            handler.send(body, length=len(body) + 1)
            self.stopped.wait(2)

        self.answers.append(answer)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        answers = self.server.answers
        answers[min(len(self.server.requests), len(answers)) - 1](self)

    def end_headers(self) -> None:
        # Said, for a client would ask again on a connection that was only closed.
        self.send_header("Connection", "close")
        super().end_headers()

    def send(self, body: bytes, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def server(monkeypatch):
    """A server on this machine; waits between attempts are no longer than need be."""
    monkeypatch.setattr(download, "WAIT", 0.01)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (7, 2, 3, 3), dtype=np.uint8)


@pytest.fixture
def labels() -> list[int]:
    return [2, 0, 1, 1, 0, 2, 0]


@pytest.fixture
def records(images, labels) -> list[bytes]:
    pairs = zip(images, labels, strict=True)
    return [example(image=image.tobytes(), label=label) for image, label in pairs]


@pytest.fixture
def file(tmp_path, records) -> Path:
    return write(tmp_path / "good.tfrecord", records)
