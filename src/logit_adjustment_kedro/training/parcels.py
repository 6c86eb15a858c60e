"""Objects on their way to another process."""

import io
import pickle
from collections.abc import Callable
from functools import partial
from mmap import mmap
from struct import Struct
from typing import Any, BinaryIO

import numpy as np
from typing_extensions import override

SIZE = Struct("<Q")  # of what follows, in bytes


class _Pickler(pickle.Pickler):
    """A pickler that says in which file a mapped array lies, and copies none of it."""

    @override
    def reducer_override(self, thing: Any) -> Any:
        # A part of a mapped array is copied: it does not say where it begins.
        whole = isinstance(thing, np.memmap) and isinstance(thing.base, mmap)
        if not whole or not thing.flags.c_contiguous:
            return NotImplemented
        where = {"filename": str(thing.filename), "mode": "r", "offset": thing.offset}
        return _mapped, (where | {"dtype": thing.dtype, "shape": thing.shape},)


def _mapped(where: dict[str, Any]) -> np.memmap:
    return np.memmap(**where)


def pack(thing: Any) -> bytes:
    """Returns an object as `send` takes it; `pickle` unpacks it."""
    parcel = io.BytesIO()
    _Pickler(parcel, pickle.HIGHEST_PROTOCOL).dump(thing)
    return parcel.getvalue()


def send(stream: BinaryIO, parcel: bytes) -> None:
    """Writes an object, for `receive` at the other end.

    Raises:
        OSError: nobody reads there.
    """
    stream.write(SIZE.pack(len(parcel)))
    stream.write(parcel)
    stream.flush()


def receive(stream: BinaryIO) -> Callable[[], Any]:
    """Reads an object, and returns what makes it: that may fail here, as it pleases.

    Raises:
        EOFError: there are no more.
    """
    (size,) = SIZE.unpack(_read(stream, SIZE.size))
    return partial(pickle.loads, _read(stream, size))


def _read(stream: BinaryIO, size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found
