"""The frames of a TFRecord file: where each record lies, and whether it is whole.

The file may be compressed with gzip, which is told by how it begins.

A record is framed by its length (8 bytes, little-endian), the length's checksum, and,
after it, its own checksum (4 bytes each). A checksum is a CRC-32C, masked:
https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
"""

import gzip
import os
import struct
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import BinaryIO

import google_crc32c

HEADER = struct.Struct("<QI")
FOOTER = struct.Struct("<I")
GZIP = b"\x1f\x8b\x08"  # what a file that is compressed with gzip begins with
LONGEST = 2**31 - 1  # bytes; protobuf reads no longer message


def read_frames(file: Path) -> Iterator[bytes]:
    """Reads the records of a TFRecord file, one after the other.

    A length is compared with what is left of the file before anything of that length is
    read: no length, however large, takes memory.

    Args:
        file: a local file.

    Yields:
        Each record that matches its checksums, in the order of the file.

    Raises:
        ValueError: the file is damaged or cut off; raised at the first such record,
            after those before it.
        OSError: the file cannot be read.
    """
    with file.open("rb") as plain:
        size = os.fstat(plain.fileno()).st_size
        is_gzip = _is_gzip(plain.read(HEADER.size))
        plain.seek(0)
        stream = gzip.GzipFile(fileobj=plain) if is_gzip else plain
        for index in count():
            left = LONGEST if is_gzip else size - plain.tell()
            try:
                record = _read_frame(stream, left)
            except (EOFError, zlib.error, gzip.BadGzipFile):
                raise ValueError(_damage(file, index)) from None
            if record is None:
                return
            yield record


def _is_gzip(start: bytes) -> bool:
    """Tells gzip from a record whose length looks like it."""
    header = start.ljust(HEADER.size)
    _, checksum = HEADER.unpack(header)
    return start.startswith(GZIP) and checksum != masked_crc32c(header[:8])


def _read_frame(stream: BinaryIO, left: int) -> bytes | None:
    """Returns the next record, or None at the end.

    Args:
        stream: the records.
        left: how many bytes there can be at most.

    Raises:
        EOFError: the record is damaged or cut off.
    """
    header = stream.read(HEADER.size)
    if not header:
        return None
    if len(header) < HEADER.size:
        raise EOFError
    length, checksum = HEADER.unpack(header)
    too_long = HEADER.size + length + FOOTER.size > left
    if checksum != masked_crc32c(header[:8]) or too_long:
        raise EOFError
    record, footer = stream.read(length), stream.read(FOOTER.size)
    if footer != FOOTER.pack(masked_crc32c(record)):
        raise EOFError
    return record


def masked_crc32c(data: bytes) -> int:
    """Returns the checksum that TFRecord files have of `data`."""
    crc = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _damage(file: Path, index: int) -> str:
    """Says that a file cannot be read from a record on."""
    message = f"record {index}: expected a whole record that matches its checksums"
    if index > 0:
        return f"{message}, came a damaged or cut-off one"
    with file.open("rb") as stream:
        return f"{message}, came a file that begins with {stream.read(20)!r}"
