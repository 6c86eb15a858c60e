import gzip
import os
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

import logit_adjustment_kedro
from logit_adjustment_kedro.datasets.sources.examples import Example
from logit_adjustment_kedro.datasets.sources.frames import masked_crc32c
from logit_adjustment_kedro.datasets.sources.records import read_records
from tfrecord_files import example, write

SIZE = 18
FRAME = 16  # bytes around a record; the first 12 are its length and its checksum


@pytest.fixture
def fault_of(tmp_path) -> Callable[[list[bytes]], str]:
    """Returns the message with which a file of these records is refused."""

    def fault_of(records: list[bytes]) -> str:
        return fault_of_file(write(tmp_path / "bad.tfrecord", records))

    return fault_of


def read(file: Path) -> tuple[np.ndarray, np.ndarray]:
    pixels = BytesIO()
    labels = read_records(file, (2, 3, 3), num_classes=3, keep=pixels.write)
    return np.frombuffer(pixels.getvalue(), np.uint8).reshape(-1, 2, 3, 3), labels


def fault_of_file(file: Path) -> str:
    with pytest.raises(ValueError) as failure:
        read(file)
    return str(failure.value)


def test_pixels_are_rows_first_and_channels_last(tmp_path):
    record = example(image=bytes(range(SIZE)), label=0)
    file = write(tmp_path / "one.tfrecord", [record])
    images, _ = read(file)
    assert images.shape == (1, 2, 3, 3)
    assert images[0, 0, 0].tolist() == [0, 1, 2]
    assert images[0, 0, 1].tolist() == [3, 4, 5]
    assert images[0, 1, 0].tolist() == [9, 10, 11]


def damage(k: int) -> str:
    return (
        f"record {k}: expected a whole record that matches its checksums, "
        "came a damaged or cut-off one"
    )


@pytest.mark.parametrize("offset", [0, 8, 12, 40, -1])
@pytest.mark.parametrize("k", [1, 4, 6])
def test_flipped_byte_is_found(file, records, k, offset):
    ends = np.cumsum([len(record) + FRAME for record in records])
    content = bytearray(file.read_bytes())
    content[(ends[k - 1] if offset >= 0 else ends[k]) + offset] ^= 1
    file.write_bytes(content)
    assert fault_of_file(file) == damage(k)


def test_flipped_byte_in_the_first_record_is_found(file):
    content = bytearray(file.read_bytes())
    content[30] ^= 1
    file.write_bytes(content)
    assert fault_of_file(file).startswith("record 0: expected a whole record")


@pytest.mark.parametrize("left", [1, 11, 12, 40, -1])
def test_cut_off_file_is_found(file, records, left):
    """However little or much is left of its last record."""
    start = sum(len(record) + FRAME for record in records[:-1])
    content = file.read_bytes()
    file.write_bytes(content[: start + left] if left > 0 else content[:left])
    assert fault_of_file(file) == damage(6)


def test_empty_file_is_refused(fault_of):
    assert fault_of([]) == "expected at least one record, came an empty file"


@pytest.mark.parametrize("k", [0, 3, 6])
@pytest.mark.parametrize("count", [0, SIZE - 1, SIZE + 1])
def test_wrong_number_of_bytes_is_found(fault_of, records, k, count):
    records[k] = example(image=bytes(count), label=0)
    assert fault_of(records) == (
        f"record {k}: expected image/encoded of 18 bytes, or a JPEG or PNG, "
        f"came {count} bytes"
    )


@pytest.mark.parametrize("k", [0, 3, 6])
@pytest.mark.parametrize("label", [-1, 3])
def test_label_out_of_range_is_found(fault_of, records, k, label):
    records[k] = example(image=bytes(SIZE), label=label)
    expected = f"record {k}: expected image/class/label in [0, 3), came {label}"
    assert fault_of(records) == expected


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (
            {"label": 1},
            "expected image/encoded with one bytes value, "
            "came only the features ['image/class/label']",
        ),
        (
            {"image": bytes(SIZE), "target": 1},
            "expected image/class/label with one int64 value, "
            "came only the features ['image/encoded', 'target']",
        ),
        (
            {"image": bytes(SIZE), "label": 1.0},
            "expected image/class/label with one int64 value, came float_list",
        ),
        (
            {"image": 7, "label": 1},
            "expected image/encoded with one bytes value, came int64_list",
        ),
        (
            {"image": bytes(SIZE), "label": [1, 2]},
            "expected image/class/label with one int64 value, came 2 values",
        ),
        (
            {"image": [bytes(SIZE), bytes(SIZE)], "label": 1},
            "expected image/encoded with one bytes value, came 2 values",
        ),
    ],
)
@pytest.mark.parametrize("k", [0, 5])
def test_wrong_features_are_found(fault_of, records, k, record, fault):
    records[k] = example(**record)
    assert fault_of(records) == f"record {k}: {fault}"


@pytest.mark.parametrize("record", [b"<p>Hi</p>", b"\xff\xd8\xff\xe0 a photograph"])
def test_record_that_is_no_example_is_found(fault_of, records, record):
    records[2] = record
    expected = f"expected a tf.train.Example, came {len(record)} other bytes"
    assert fault_of(records) == f"record 2: {expected}"


def test_first_of_several_faults_is_named(fault_of, records):
    records[2] = example(image=bytes(SIZE), label=9)
    records[4] = example(image=bytes(SIZE), label=8)
    assert fault_of(records).startswith("record 2: ")


@pytest.mark.parametrize("power", [12, 31, 32, 36, 40, 62, 63])
def test_length_beyond_the_file_takes_no_memory(file, records, power):
    """Under a right checksum; that of 2**36 was a segmentation fault."""
    length = struct.pack("<Q", 2**power)
    header = length + struct.pack("<I", masked_crc32c(length))
    file.write_bytes(file.read_bytes() + header + records[0])
    assert fault_of_file(file) == damage(7)


@pytest.mark.parametrize("power", [12, 31, 32, 36, 40, 62, 63])
def test_length_beyond_a_compressed_file_takes_no_memory(file, records, power):
    length = struct.pack("<Q", 2**power)
    header = length + struct.pack("<I", masked_crc32c(length))
    file.write_bytes(gzip.compress(file.read_bytes() + header + records[0]))
    tracemalloc.start()
    assert fault_of_file(file) == damage(7)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("upper", [0x08, 0x0108])
def test_a_record_whose_length_begins_like_gzip_is_read(tmp_path, upper):
    """Its file begins with the bytes 1f 8b 08."""
    length = (upper << 16) + 0x8B1F
    record = example(image=bytes(SIZE), label=1)
    more = length - len(record)
    for _ in range(4):  # the lengths of lengths follow from it
        long = example(image=bytes(SIZE), label=1, more=bytes(more))
        more += length - len(long)
    file = write(tmp_path / "long.tfrecord", [long])
    assert file.read_bytes()[:3] == b"\x1f\x8b\x08"
    _, labels = read(file)
    assert labels.tolist() == [1]


def test_what_comes_twice_is_read_as_protobuf_reads_it(tmp_path):
    """Of two features of one name it takes the last, and it joins messages."""
    first, last = (example(image=bytes([k]) * SIZE, label=k) for k in (1, 2))
    file = write(tmp_path / "twice.tfrecord", [first + last])
    images, labels = read(file)
    assert labels.tolist() == [2]
    assert np.unique(images).tolist() == [2]


@pytest.mark.parametrize("second", [b"", bytes([7]) * SIZE])
def test_values_that_protobuf_joins_are_counted_together(fault_of, records, second):
    """One feature in two parts: a parser may see the last part alone."""
    message = Example.FromString(records[3])
    feature = message.features.feature["image/encoded"].SerializeToString()
    del message.features.feature["image/encoded"]
    part = b"\x0a" + bytes([len(second) + 2]) + b"\x0a" + bytes([len(second)]) + second
    value = feature + part
    name = b"image/encoded"
    entry = b"\x0a" + bytes([len(name)]) + name + b"\x12" + bytes([len(value)]) + value
    features = b"\x0a" + bytes([len(entry)]) + entry
    joined = b"\x0a" + bytes([len(features)]) + features
    records[3] = message.SerializeToString() + joined
    expected = "record 3: expected image/encoded with one bytes value, came 2 values"
    assert fault_of(records) == expected


def test_schema_is_that_of_tensorflow():
    import tensorflow as tf
    from google.protobuf.descriptor_pb2 import DescriptorProto

    def fields_of(descriptor):
        proto = DescriptorProto()
        descriptor.CopyToProto(proto)
        for message in (proto, *proto.nested_type):
            for field in message.field:
                field.ClearField("json_name")
                field.ClearField("options")  # [packed]: how it is written, not read
        nested = [field.message_type for field in descriptor.fields]
        return proto, [fields_of(message) for message in nested if message]

    ours, theirs = Example.DESCRIPTOR, tf.train.Example.DESCRIPTOR
    assert fields_of(ours) == fields_of(theirs)


def test_compressed_image_is_called_by_its_name(fault_of, records):
    records[1] = example(image=b"GIF89a" + bytes(100), label=0)
    assert fault_of(records) == (
        "record 1: expected image/encoded of 18 bytes, or a JPEG or PNG, "
        "came 106 bytes; this is a GIF"
    )


def python(*arguments: str) -> subprocess.CompletedProcess:
    source = str(Path(logit_adjustment_kedro.__file__).parents[1])
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": source},
        capture_output=True,
        text=True,
    )


def test_records_are_read_without_tensorflow(file):
    code = (
        "import sys; from pathlib import Path; "
        "from logit_adjustment_kedro.datasets.sources.records import read_records; "
        f"read_records(Path({str(file)!r}), (2, 3, 3), 3, bytes); "
        "assert 'tensorflow' not in sys.modules"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr


def test_tampered_files_are_read_rightly_or_refused():
    fuzzer = Path(__file__).parents[3] / "benchmarks" / "fuzz_records.py"
    done = python(str(fuzzer), "--records=400", "--seed=1")
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert last == "0 crash, 0 hang, 0 read otherwise, 0 refused, though right"
