"""Where images lie until they are stored."""

import os
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from logit_adjustment_kedro.datasets.errors import DataError
from logit_adjustment_kedro.datasets.sources.scratch import scratch

on_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the limits are Linux's"
)


def black(count: int, image_shape=(2, 4, 1)) -> np.ndarray:
    with scratch(image_shape) as file:
        file.add_black(count)
        return file.images()


def test_images_are_black_and_can_be_written():
    images = black(3)
    assert (images.shape, images.dtype) == ((3, 2, 4, 1), np.uint8)
    assert not images.any()
    images[1] = 7
    assert images.sum() == 7 * 8
    assert black(0).shape == (0, 2, 4, 1)


def test_images_come_back_in_their_order():
    with scratch((1, 2, 3)) as file:
        for first in (0, 6):
            file.append(bytes(range(first, first + 6)))
        images = file.images()
    assert images[1].ravel().tolist() == [6, 7, 8, 9, 10, 11]


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    images = black(3)
    images[:] = 1
    del images
    with pytest.raises(ZeroDivisionError), scratch((1, 1, 1)) as file:
        file.append(bytes([1 // len(list(tmp_path.glob("nothing")))]))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(DataError, match="TMPDIR names. Received: /nowhere: No such"):
        black(3)


def limited(limit: str, code: str) -> subprocess.CompletedProcess:
    """Runs code that has `scratch`, where the system sets a limit in bytes."""
    code = f"""
import resource, signal
from logit_adjustment_kedro.datasets.sources.scratch import scratch
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.{limit}, (2**28, 2**28))
{code}
"""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
    )


APPEND = """
with scratch((1024, 1024, 1)) as file:
    for _ in range(300):
        file.append(bytes(2**20))
"""
ADD = """
with scratch((1024, 1024, 1)) as file:
    file.add_black(300)
"""


@on_linux
@pytest.mark.parametrize("code", [APPEND, ADD])
def test_too_little_room_is_told_in_one_line(code):
    done = limited("RLIMIT_FSIZE", code)
    assert done.returncode == 1
    told = done.stderr.splitlines()[-1]
    assert "DataError: Expected room for images while they are read" in told
    assert tempfile.gettempdir() in told


@on_linux
def test_more_images_than_memory_can_be_written():
    code = """
with scratch((1024, 1024, 1)) as file:
    file.add_black(400)
    images = file.images()
for image in images:
    image[:] = 1
assert images[::100].all()
"""
    done = limited("RLIMIT_DATA", code)
    assert done.returncode == 0, done.stderr
