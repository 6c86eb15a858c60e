import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError

from logit_adjustment_kedro.datasets import records as records_module
from logit_adjustment_kedro.datasets.tfrecords import TFRecordDataset

SHAPE = (2, 3, 3)
SIZE = 18
CLASSES = ("cat", "dog", "fox")
FRAME = 16  # bytes around a record; the first 12 are its length and that's checksum


def example(**features: bytes | int | float | list) -> bytes:
    """Returns a serialised Example; `image` and `label` stand for the long names."""
    import tensorflow as tf

    names = {"image": "image/encoded", "label": "image/class/label"}
    feature = {}
    for name, value in features.items():
        values = value if isinstance(value, list) else [value]
        match values[0]:
            case bytes():
                kind = {"bytes_list": tf.train.BytesList(value=values)}
            case int():
                kind = {"int64_list": tf.train.Int64List(value=values)}
            case float():
                kind = {"float_list": tf.train.FloatList(value=values)}
        feature[names.get(name, name)] = tf.train.Feature(**kind)
    features = tf.train.Features(feature=feature)
    return tf.train.Example(features=features).SerializeToString()


def write(file: Path, records: Iterable[bytes]) -> Path:
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(file)) as writer:
        for record in records:
            writer.write(record)
    return file


def dataset(url: str | Path, path: str | Path = "unused") -> TFRecordDataset:
    return TFRecordDataset(
        url=str(url), path=str(path), image_shape=SHAPE, class_names=CLASSES
    )


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (7, *SHAPE), dtype=np.uint8)


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


@pytest.fixture
def fault_of(tmp_path) -> Callable[[list[bytes]], str]:
    """Returns the message with which records are refused, less the file's name."""

    def fault_of(records: list[bytes]) -> str:
        return fault_of_file(write(tmp_path / "bad.tfrecord", records))

    return fault_of


def fault_of_file(file: Path) -> str:
    with pytest.raises(DatasetError) as failure:
        dataset(file).load()
    name, fault = str(failure.value).split(": ", maxsplit=1)
    assert name == str(file)
    return fault


@pytest.mark.parametrize("batch", [1, 3, 7, 1024])
def test_records_are_read_in_order(file, images, labels, batch, monkeypatch):
    monkeypatch.setattr(records_module, "BATCH", batch)
    read = dataset(file).load()
    np.testing.assert_array_equal(read.images, images)
    np.testing.assert_array_equal(read.labels, labels)
    assert read.images.dtype == np.uint8
    assert read.labels.dtype == np.int64
    assert read.class_names == CLASSES
    assert read.origin == str(file)


def test_pixels_are_rows_first_and_channels_last(tmp_path):
    record = example(image=bytes(range(SIZE)), label=0)
    read = dataset(write(tmp_path / "one.tfrecord", [record])).load()
    assert read.images.shape == (1, *SHAPE)
    assert read.images[0, 0, 0].tolist() == [0, 1, 2]
    assert read.images[0, 0, 1].tolist() == [3, 4, 5]
    assert read.images[0, 1, 0].tolist() == [9, 10, 11]


def test_local_file_is_read_in_place(file, tmp_path):
    for url in (str(file), file.as_uri()):
        read = dataset(url, path=tmp_path / "kept").load()
        assert len(read.labels) == 7
        assert read.origin == url
    assert list(tmp_path.iterdir()) == [file]


def test_missing_local_file_is_an_error(tmp_path):
    file = tmp_path / "none.tfrecord"
    with pytest.raises(DatasetError) as failure:
        dataset(file).load()
    assert str(failure.value) == f"There is no file at {file}."


def test_saving_is_refused(file):
    with pytest.raises(DatasetError, match="read-only"):
        dataset(file).save(dataset(file).load())


def test_url_is_fetched_once_and_kept(server, file, tmp_path, images):
    server.send_whole(file.read_bytes())
    source = dataset(f"{server.url}/a/good.tfrecord", path=tmp_path / "kept")
    assert not source.exists()
    for _ in range(2):
        read = source.load()
        np.testing.assert_array_equal(read.images, images)
        assert read.origin == f"{server.url}/a/good.tfrecord"
    assert source.exists()
    assert server.requests == ["/a/good.tfrecord"]
    host = server.url.removeprefix("http://")
    assert (tmp_path / "kept" / host / "a" / "good.tfrecord").is_file()


@pytest.mark.parametrize("page", [b"<html>", b"<!DOCTYPE html><p>Please log in.</p>"])
def test_html_page_is_refused_and_not_kept(server, tmp_path, page):
    server.send_whole(page)
    url = f"{server.url}/good.tfrecord"
    with pytest.raises(DatasetError) as failure:
        dataset(url, path=tmp_path).load()
    assert str(failure.value) == (
        f"{url}: record 0: expected a whole record that matches its checksums, "
        f"came a file that begins with {page[:20]!r}"
    )
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []
    assert len(server.requests) == 1


def test_damaged_kept_file_is_named_by_its_path(server, file, tmp_path):
    server.send_whole(file.read_bytes())
    source = dataset(f"{server.url}/good.tfrecord", path=tmp_path / "kept")
    source.load()
    (kept,) = (tmp_path / "kept").rglob("*.tfrecord")
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(DatasetError, match=f"^{kept}: record 6: "):
        source.load()


def damage(k: int) -> str:
    return (
        f"record {k}: expected a whole record that matches its checksums, "
        "came a damaged or cut-off one"
    )


@pytest.mark.parametrize("offset", [0, 8, 12, 40, -1])
@pytest.mark.parametrize("k", [1, 4, 6])
def test_flipped_byte_is_found(file, records, k, offset, monkeypatch):
    monkeypatch.setattr(records_module, "BATCH", 3)
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
def test_wrong_number_of_bytes_is_found(fault_of, records, k, count, monkeypatch):
    monkeypatch.setattr(records_module, "BATCH", 3)
    records[k] = example(image=bytes(count), label=0)
    expected = f"record {k}: expected image/encoded of 18 bytes, came {count}"
    assert fault_of(records) == expected


@pytest.mark.parametrize("k", [0, 3, 6])
@pytest.mark.parametrize("label", [-1, 3])
def test_label_out_of_range_is_found(fault_of, records, k, label, monkeypatch):
    monkeypatch.setattr(records_module, "BATCH", 3)
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
def test_wrong_features_are_found(fault_of, records, k, record, fault, monkeypatch):
    monkeypatch.setattr(records_module, "BATCH", 3)
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


def test_description_names_url_and_file(tmp_path):
    text = str(dataset("https://host.org/a.tfrecord", path=tmp_path))
    assert "https://host.org/a.tfrecord" in text
    assert str(tmp_path / "host.org" / "a.tfrecord") in text


def test_import_leaves_tensorflow_alone():
    code = (
        "import sys, logit_adjustment_kedro.datasets.tfrecords; "
        "sys.exit('tensorflow' in sys.modules)"
    )
    source = Path(records_module.__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], cwd=source, check=True)
