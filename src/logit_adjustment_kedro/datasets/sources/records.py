"""The records of a TFRecord file of labelled images, read and checked."""

from collections.abc import Callable
from math import prod
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError

from ...errors import InputError
from ...images import Fitting, decode
from .examples import Example
from .frames import read_frames

IMAGE = "image/encoded"
LABEL = "image/class/label"
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # what JPEG and PNG begin with
GIF = b"GIF8"


def read_records(
    file: Path,
    image_shape: tuple[int, ...],
    num_classes: int,
    keep: Callable[[bytes], object],
) -> np.ndarray:
    """Reads all records of a TFRecord file of labelled images, one after the other.

    An image is a JPEG or PNG of any size, which is decoded and cropped, see
    `images.decode`, or raw, of `H * W * C` bytes.

    Protobuf's own parser reads each record: of what the format allows to be there
    several times, as a feature, it takes what protobuf takes.

    Args:
        file: a local file.
        image_shape: `(H, W, C)`.
        num_classes: `L`.
        keep: takes each image in turn, `H * W * C` bytes.

    Returns:
        Labels `[N] int64`, each in `[0, L)`.

    Raises:
        ValueError: the file is damaged or empty, or a record breaks a rule.
        OSError: the file cannot be read.
    """
    labels = []
    for index, record in enumerate(read_frames(file)):
        try:
            image, label = _parse(record, image_shape, num_classes)
        except ValueError as fault:
            raise ValueError(f"record {index}: {fault}") from fault
        keep(image)
        labels.append(label)
    if not labels:
        raise ValueError("expected at least one record, came an empty file")
    return np.array(labels, np.int64)


def _parse(
    record: bytes, image_shape: tuple[int, ...], num_classes: int
) -> tuple[bytes, int]:
    """Returns the raw image and the label of a record."""
    try:
        features = Example.FromString(record).features.feature
    except DecodeError:
        count = len(record)
        raise ValueError(
            f"expected a tf.train.Example, came {count} other bytes"
        ) from None
    image = _value(features, IMAGE, "bytes")
    label = _value(features, LABEL, "int64")
    if len(image) != prod(image_shape) or image.startswith(PICTURES):
        image = _decoded(image, image_shape)
    if not 0 <= label < num_classes:
        raise ValueError(f"expected {LABEL} in [0, {num_classes}), came {label}")
    return image, label


def _value(features: dict, name: str, kind: str) -> bytes | int:
    """Returns the one value, of a kind, of a feature."""
    expected = f"expected {name} with one {kind} value"
    if name not in features:
        raise ValueError(f"{expected}, came only the features {sorted(features)}")
    came = features[name].WhichOneof("kind")
    if came != f"{kind}_list":
        raise ValueError(f"{expected}, came {came or 'no values'}")
    values = getattr(features[name], came).value
    if len(values) != 1:
        raise ValueError(f"{expected}, came {len(values)} values")
    return values[0]


def _decoded(image: bytes, image_shape: tuple[int, ...]) -> bytes:
    """Returns a JPEG or PNG as raw pixels."""
    if not image.startswith(PICTURES):
        hint = "; this is a GIF" if image.startswith(GIF) else ""
        raise ValueError(
            f"expected {IMAGE} of {prod(image_shape)} bytes, or a JPEG or PNG, "
            f"came {len(image)} bytes{hint}"
        )
    *size, channels = image_shape
    fitting = Fitting.model_validate({"image_size": size, "channels": channels})
    try:
        return decode(image, fitting).tobytes()
    except InputError:
        if len(image) == prod(image_shape):  # raw pixels that begin like a picture
            return image
        raise
