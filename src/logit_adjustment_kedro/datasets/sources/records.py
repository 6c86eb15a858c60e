"""The records of a TFRecord file of labelled images, read and checked."""

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import tensorflow as tf

BATCH = 1024
FRAME = 16  # bytes around each record: its length, and two checksums
IMAGE = "image/encoded"
LABEL = "image/class/label"


def read_records(
    file: Path, image_shape: tuple[int, ...], num_classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Reads all records of a TFRecord file of labelled images.

    Args:
        file: a local file.
        image_shape: `(H, W, C)`.
        num_classes: `L`.

    Returns:
        Images `[N, H, W, C] uint8` and labels `[N] int64`, each in `[0, L)`.

    Raises:
        ValueError: the file is damaged or empty, or a record breaks a rule.
        OSError: the file cannot be opened.
    """
    import tensorflow as tf

    images, labels, count, end = [], [], 0, 0
    try:
        with tf.device("CPU"):
            for records in tf.data.TFRecordDataset(str(file)).batch(BATCH):
                batch = _parse(records, prod(image_shape), num_classes, first=count)
                images.append(batch[0])
                labels.append(batch[1])
                count += len(records)
                end += int(tf.reduce_sum(tf.strings.length(records) + FRAME))
    # Of a record that is no Example, TensorFlow may fail to decode its own message.
    except (tf.errors.OpError, UnicodeDecodeError) as error:
        raise ValueError(_first_fault(file) or str(error)) from error
    if end < file.stat().st_size:  # cut off in a record's first 12 bytes: no error
        raise ValueError(_damage(file, count))
    if count == 0:
        raise ValueError("expected at least one record, came an empty file")
    return np.concatenate(images).reshape(-1, *image_shape), np.concatenate(labels)


def _parse(
    records: "tf.Tensor", size: int, num_classes: int, first: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns images `[n, size] uint8` and labels `[n] int64` of `[n]` records."""
    import tensorflow as tf

    schema = {
        IMAGE: tf.io.FixedLenFeature([], tf.string),
        LABEL: tf.io.FixedLenFeature([], tf.int64),
    }
    features = tf.io.parse_example(records, schema)
    lengths = tf.strings.length(features[IMAGE]).numpy()
    _check(lengths == size, lengths, first, f"{IMAGE} of {size} bytes")
    labels = features[LABEL].numpy()
    in_range = (labels >= 0) & (labels < num_classes)
    _check(in_range, labels, first, f"{LABEL} in [0, {num_classes})")
    return tf.io.decode_raw(features[IMAGE], tf.uint8).numpy(), labels


def _check(valid: np.ndarray, came: np.ndarray, first: int, expected: str) -> None:
    """Raises `ValueError` for the first record that is not valid."""
    if not valid.all():
        row = int(valid.argmin())
        raise ValueError(f"record {first + row}: expected {expected}, came {came[row]}")


def _first_fault(file: Path) -> str | None:
    """Goes record by record through a file that cannot be parsed."""
    import tensorflow as tf

    index = 0
    try:
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            if fault := _fault(record):
                return f"record {index}: {fault}"
            index += 1
    except tf.errors.OpError:
        return _damage(file, index)
    return None


def _fault(record: bytes) -> str | None:
    """Returns which rule the record breaks, of those on what features it has."""
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    try:
        features = tf.train.Example.FromString(record).features.feature
    except DecodeError:
        return f"expected a tf.train.Example, came {len(record)} other bytes"
    for name, kind in ((IMAGE, "bytes"), (LABEL, "int64")):
        expected = f"expected {name} with one {kind} value"
        if name not in features:
            return f"{expected}, came only the features {sorted(features)}"
        came = features[name].WhichOneof("kind")
        if came != f"{kind}_list":
            return f"{expected}, came {came or 'no values'}"
        if (count := len(getattr(features[name], came).value)) != 1:
            return f"{expected}, came {count} values"
    return None


def _damage(file: Path, index: int) -> str:
    """Says that a file cannot be read from a record on."""
    message = f"record {index}: expected a whole record that matches its checksums"
    if index > 0:
        return f"{message}, came a damaged or cut-off one"
    with file.open("rb") as stream:
        return f"{message}, came a file that begins with {stream.read(20)!r}"
