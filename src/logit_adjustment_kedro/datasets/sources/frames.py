"""The frames of a TFRecord file: where each record lies, and whether it is whole.

A record is framed by its length (8 bytes, little-endian), the length's checksum, and,
after it, its own checksum (4 bytes each). A checksum is a CRC-32C, masked:
https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import google_crc32c

HEADER = struct.Struct("<QI")
FOOTER = struct.Struct("<I")


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
    with file.open("rb") as stream:
        left = os.fstat(stream.fileno()).st_size
        index = 0
        while left > 0:
            header = stream.read(HEADER.size)
            if len(header) < HEADER.size:
                raise ValueError(_damage(file, index))
            length, checksum = HEADER.unpack(header)
            left -= HEADER.size + length + FOOTER.size
            if checksum != masked_crc32c(header[:8]) or left < 0:
                raise ValueError(_damage(file, index))
            record, footer = stream.read(length), stream.read(FOOTER.size)
            if footer != FOOTER.pack(masked_crc32c(record)):
                raise ValueError(_damage(file, index))
            yield record
            index += 1


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
