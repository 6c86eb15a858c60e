"""Record files that were tampered with, for `fuzz_records.py`."""

import random
import struct

SHAPE, CLASSES = (2, 3, 3), 3
SIZE = 18


def field(number: int, payload: bytes) -> bytes:
    """Returns a protobuf field of bytes."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def varint(value: int, longer: int = 0) -> bytes:
    """Returns a protobuf integer, in up to `longer` bytes more than need be."""
    parts = [value & 127]
    while value := value >> 7:
        parts.append(value & 127)
    parts += [0] * longer
    return bytes(part | 128 for part in parts[:-1]) + bytes(parts[-1:])


class Case:
    """Record files, each another one by its seed."""

    def __init__(self, seed: str):
        self._random = random.Random(seed)

    def file(self) -> tuple[str, bytes]:
        """Returns what was done to a file, and the file."""
        kinds = (self._bits, self._noise, self._length, self._end, self._protobuf)
        change = self._random.choice(kinds)
        return change.__name__.strip("_"), change()

    def _good(self) -> list[bytes]:
        count = self._random.randint(1, 3)
        return [self._example(self._plain) for _ in range(count)]

    def _example(self, join) -> bytes:
        image = join([field(1, self._random.randbytes(SIZE))])
        label = self._random.randrange(CLASSES)
        packed = self._random.random() < 0.5
        values = field(1, varint(label)) if packed else b"\x08" + varint(label)
        entries = [
            join([field(1, name), field(2, join([field(kind, join([value]))]))])
            for name, kind, value in (
                (b"image/encoded", 1, image),
                (b"image/class/label", 3, values),
            )
        ]
        return join([field(1, join([field(1, entry) for entry in entries]))])

    def _plain(self, fields: list[bytes]) -> bytes:
        return b"".join(fields)

    def _wild(self, fields: list[bytes]) -> bytes:
        """Joins fields as protobuf allows, but hardly anyone writes."""
        fields = list(fields)
        chance = self._random.random()
        if chance < 0.1:
            fields.append(self._random.choice(fields))
        elif chance < 0.2:
            value = self._random.randrange(2 ** self._random.randint(1, 64))
            number = self._random.choice((1, 2, 3, 15, 999))
            fields.append(
                varint(number << 3) + varint(value, self._random.randint(0, 2))
            )
        elif chance < 0.3:
            number = self._random.choice((1, 2, 3, 4, 99))
            payload = self._random.randbytes(self._random.choice((0, 1, SIZE)))
            fields.insert(0, field(number, payload))
        elif chance < 0.35:
            fields.remove(self._random.choice(fields))
        elif chance < 0.4:
            fields.append(self._example(self._plain))
        elif chance < 0.5:
            self._random.shuffle(fields)
        return b"".join(fields)

    def _protobuf(self) -> bytes:
        records = self._good()
        wild, last = self._example(self._wild), self._example(self._plain)
        # Two messages, one after the other, are one: the merged one.
        records[-1] = wild + last if self._random.random() < 0.2 else wild
        return b"".join(map(framed, records))

    def _bits(self) -> bytes:
        content, repaired = self._parts()
        for _ in range(self._random.randint(1, 4)):
            content[self._random.randrange(len(content))] ^= (
                1 << self._random.randrange(8)
            )
        return self._whole(content, repaired)

    def _noise(self) -> bytes:
        content, repaired = self._parts()
        at = self._random.randrange(len(content))
        gone = self._random.randint(0, 8)
        content[at : at + gone] = self._random.randbytes(self._random.randint(0, 8))
        return self._whole(content, repaired)

    def _parts(self) -> tuple[bytearray, bool]:
        """Returns what to change: a record, or a framed one; and which it is."""
        record, repaired = self._good()[0], self._random.random() < 0.6
        return bytearray(record if repaired else framed(record)), repaired

    def _whole(self, changed: bytearray, repaired: bool) -> bytes:
        first = b"".join(map(framed, self._good()))
        return first + (framed(bytes(changed)) if repaired else bytes(changed))

    def _length(self) -> bytes:
        first, last = b"".join(map(framed, self._good())), framed(self._good()[0])
        length = self._random.randrange(2 ** self._random.randint(1, 64))
        header = struct.pack("<Q", length)
        return first + header + struct.pack("<I", checksum(header)) + last[12:]

    def _end(self) -> bytes:
        content = b"".join(map(framed, self._good()))
        return content[: self._random.randrange(len(content))]


def framed(record: bytes) -> bytes:
    """Returns a record with its length and both checksums."""
    length = struct.pack("<Q", len(record))
    ends = (struct.pack("<I", checksum(part)) for part in (length, record))
    return length + next(ends) + record + next(ends)


def checksum(data: bytes) -> int:
    """Returns the checksum by TensorBoard, in plain Python."""
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    return masked_crc32c(data)
