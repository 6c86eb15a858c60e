"""Arrays on their way to another process."""

import io
from pathlib import Path

import numpy as np
import pytest

from logit_adjustment_kedro.training.parcels import pack, receive, send


def sent(thing) -> io.BytesIO:
    stream = io.BytesIO()
    send(stream, pack(thing))
    stream.seek(0)
    return stream


@pytest.fixture
def mapped(tmp_path) -> np.memmap:
    np.save(tmp_path / "a.npy", np.arange(60_000).reshape(200, 300))
    return np.load(tmp_path / "a.npy", mmap_mode="r")


def test_of_a_mapped_array_the_place_travels(mapped):
    stream = sent({"images": mapped})
    assert len(stream.getbuffer()) < 1000
    arrived = receive(stream)()["images"]
    assert Path(arrived.filename) == Path(mapped.filename)
    np.testing.assert_array_equal(arrived, mapped, strict=True)


@pytest.mark.parametrize(
    "part", [np.s_[3:5], np.s_[:, ::-1], np.s_[[7, 2]]], ids=["some", "mirrored", "few"]
)
def test_a_part_of_a_mapped_array_arrives_as_it_was(mapped, part):
    np.testing.assert_array_equal(receive(sent(mapped[part]))(), mapped[part])


def test_where_no_more_comes_the_end_is_told():
    stream = sent([1, 2, 3])
    cut = io.BytesIO(stream.getvalue()[:-3])
    for nothing in (cut, io.BytesIO()):
        with pytest.raises(EOFError):
            receive(nothing)


class Unreadable:
    def __reduce__(self):
        return int, ("no number",)


def test_after_one_that_cannot_be_made_here_others_are():
    stream = io.BytesIO()
    send(stream, pack(Unreadable()))
    send(stream, pack("fine"))
    stream.seek(0)
    with pytest.raises(ValueError, match="no number"):
        receive(stream)()
    assert receive(stream)() == "fine"
