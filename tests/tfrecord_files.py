"""Writes the files that tests of TFRecords read."""

from collections.abc import Iterable
from pathlib import Path


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
