"""Where images lie until they are stored."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple

import numpy as np
import pytest

from logit_adjustment_kedro.datasets.errors import DataError
from logit_adjustment_kedro.datasets.sources.scratch import mapped, scratch


def test_images_are_black_and_can_be_written():
    images = scratch(3, (2, 4, 1))
    assert (images.shape, images.dtype) == ((3, 2, 4, 1), np.uint8)
    assert not images.any()
    images[1] = 7
    assert images.sum() == 7 * 8
    assert scratch(0, (2, 4, 1)).shape == (0, 2, 4, 1)


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    images = scratch(3, (2, 4, 1))
    images[:] = 1
    assert not list(tmp_path.iterdir())


def test_raw_pixels_are_mapped_in_their_order():
    with tempfile.TemporaryFile() as file:
        file.write(bytes(range(12)))
        images = mapped(file, (1, 2, 3))
    assert images[1].ravel().tolist() == [6, 7, 8, 9, 10, 11]


def test_a_disk_that_is_too_full_is_told_before_anything_is_read(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(100, 1, 99))
    assert scratch(99, (1, 1, 1)).shape == (99, 1, 1, 1)
    told = "Expected 100 free bytes in .*, for 100 images .* Received: 99. TMPDIR"
    with pytest.raises(DataError, match=told):
        scratch(100, (1, 1, 1))


HELD = """
import resource, sys
from logit_adjustment_kedro.datasets.sources.scratch import scratch
resource.setrlimit(resource.RLIMIT_DATA, (2**29, 2**29))  # bytes in memory
images = scratch(1000, (1024, 1024, 1))
for image in images:
    image[:] = 1
sys.exit(int(images[-1].max()) - 1)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
def test_a_gigabyte_of_images_needs_no_gigabyte_of_memory():
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", HELD],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
