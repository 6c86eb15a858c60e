"""The resize of this project, out of operations that any format can hold.

Pillow's bilinear filter is one product with a matrix a side. Each row of it weighs the
pixels of a line by a triangle around where the new pixel lies, as wide as the
reduction. The matrices follow from the size of the images, so they are computed in the
model, of operations of Keras on symbolic tensors: images of any size may come.

Constants must be numbers or NumPy arrays, and a symbolic tensor must stand to the left
of them: what TensorFlow holds already becomes one more input of an ONNX file.
"""

import numpy as np
from keras import ops

from ...images import Fit


def fitted(images, size: tuple[int, int], fit: Fit):
    """Brings images to a size as `images.decoding.decode` does.

    Both passes round to whole numbers, as Pillow's do. What may differ from it is where
    a value lies half-way between two: by 1.

    Args:
        images: `[N, H, W, C]`, symbolic, from 0 to 255; the sizes may be unknown.
        size: the height and width to reach.
        fit: what becomes of other proportions; see `images.decoding.Fitting`.

    Returns:
        `[N, *size, C] float32`, whole numbers.
    """
    rows, height = _positions(images[0, :, 0, 0])
    columns, width = _positions(images[0, 0, :, 0])
    if fit == "pad":
        # The size at which one side fits, while the other one is too short.
        down = _clipped(width * size[0] / height, size[1])
        across = _clipped(height * size[1] / width, size[0])
        of_rows = _padded(rows, height, size[0], across)
        of_columns = _padded(columns, width, size[1], down)
    else:
        kept = height, width
        if fit == "crop":
            kept = (
                ops.minimum(height, width * size[0] / size[1]),
                ops.minimum(width, height * size[1] / size[0]),
            )
        of_rows = _triangles(rows, height, kept[0], size[0])
        of_columns = _triangles(columns, width, kept[1], size[1])
    return _product(ops.cast(images, "float32"), of_rows, of_columns, _rounded)


def resampled(images, size: tuple[int, int]):
    """Brings images to a size as `keras.layers.Resizing(antialias=True)` does.

    Args:
        images: `[N, H, W, C]`, symbolic.
        size: the height and width to reach.

    Returns:
        `[N, *size, C] float32`.
    """
    rows, height = _positions(images[0, :, 0, 0])
    columns, width = _positions(images[0, 0, :, 0])
    of_rows = _triangles(rows, height, height, size[0])
    of_columns = _triangles(columns, width, width, size[1])
    return _product(ops.cast(images, "float32"), of_rows, of_columns, lambda x: x)


def _positions(line):
    """Returns where the pixels of a line have their centres, and how many there are."""
    ones = ops.ones_like(line, dtype="float32")
    return ops.cumsum(ones) - 0.5, ops.sum(ones)


def _triangles(positions, length, kept, count: int):
    """Returns what each pixel weighs in each new one, `[count, length]`.

    Args:
        positions: `[length]`, the centres of the pixels.
        length: how many there are.
        kept: how many in the middle of them become the new ones.
        count: how many new ones there are.
    """
    centres = kept / count * (np.arange(count, dtype="float32") + 0.5)
    return _weights(positions, centres + (length - kept) / 2, kept / count)


def _padded(positions, length, count: int, filled):
    """As `_triangles` of all pixels, for `filled` new ones in the middle of zeros."""
    new = np.arange(count, dtype="float32") + 0.5
    first = ops.floor((-filled + count) / 2)
    weights = _weights(positions, (-first + new) * (length / filled), length / filled)
    inside = ops.logical_and(first < new, first + filled > new)
    return weights * ops.expand_dims(ops.cast(inside, "float32"), 1)


def _weights(positions, centres, scale):
    distances = ops.abs(ops.expand_dims(centres, 1) - ops.expand_dims(positions, 0))
    triangles = ops.relu(-distances / ops.maximum(scale, 1.0) + 1.0)
    # Outside of what is padded, a triangle may have no pixel under it.
    total = ops.maximum(ops.sum(triangles, axis=1, keepdims=True), 1e-6)
    return triangles / total


def _clipped(length, most: int):
    return ops.minimum(ops.maximum(ops.round(length), 1.0), float(most))


def _rounded(values):
    return ops.floor(values + 0.5)


def _product(images, of_rows, of_columns, rounded):
    """Returns images whose lines are mixed, across first, as Pillow goes."""
    across = rounded(ops.matmul(of_columns, images))
    turned = ops.transpose(across, (0, 2, 1, 3))
    return ops.transpose(rounded(ops.matmul(of_rows, turned)), (0, 2, 1, 3))
