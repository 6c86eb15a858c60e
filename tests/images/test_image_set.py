"""What an image set is, and that a part of it copies no pixels."""

import hashlib
import pickle
from dataclasses import replace

import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import ImageSet, image_set

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 2, 3, 1), dtype=np.uint8)
LABELS = np.array([2, 0, 1, 1, 0, 2])
NAMES = ("cat", "dog", "emu")
ALL = ImageSet(PIXELS, LABELS, NAMES, origin="a/file.tfrecord")


def test_all_images_are_those_of_the_array_itself():
    assert ALL.images is PIXELS
    assert len(ALL) == 6
    assert ALL.image_shape == (2, 3, 1)
    assert ALL.class_counts().tolist() == [2, 2, 2]


def test_classes_without_images_are_counted():
    assert ALL.take(np.array([1, 4])).class_counts().tolist() == [2, 0, 0]


def test_a_part_has_its_images_in_its_order_and_copies_none():
    part = ALL.take(np.array([4, 1, 1]))
    assert part.pixels is PIXELS
    assert len(part) == 3
    np.testing.assert_array_equal(part.images, PIXELS[[4, 1, 1]])
    np.testing.assert_array_equal(part.read(np.array([2, 0])), PIXELS[[1, 4]])
    np.testing.assert_array_equal(part.read(slice(0, 2)), PIXELS[[4, 1]])
    assert part.labels.tolist() == [0, 0, 0]
    assert (part.class_names, part.origin) == (NAMES, "a/file.tfrecord")


def test_a_part_of_a_part_is_one_of_the_whole():
    part = ALL.take(np.array([5, 3, 0])).take(np.array([2, 1]))
    assert part.pixels is PIXELS
    np.testing.assert_array_equal(part.images, PIXELS[[0, 3]])
    assert part.labels.tolist() == [2, 1]


def test_a_row_that_is_not_there_is_refused_at_once():
    part = ALL.take(np.array([5, 3]))
    with pytest.raises(IndexError):
        part.take(np.array([2]))  # row 2 of the whole there is, but not of the part


def test_digest_is_short_and_the_same_in_all_times():
    """A digest names stored data: another one would lose what is stored."""
    about = b'{"shape": [6, 2, 3, 1], "type": "uint8"}'
    hashed = about + PIXELS.tobytes() + LABELS.astype("<i8").tobytes()
    assert ALL.digest == hashlib.sha256(hashed).hexdigest()[:16] == "fdcbd77ff4d50247"


@pytest.mark.parametrize(
    "other",
    [
        replace(ALL, labels=np.array([2, 0, 1, 1, 0, 1])),
        replace(ALL, pixels=np.where(np.arange(6) == 5, 0, PIXELS.T).T.astype("uint8")),
        replace(ALL, pixels=PIXELS[::-1].copy(), labels=LABELS[::-1].copy()),
        replace(ALL, pixels=PIXELS.reshape(6, 3, 2, 1)),
        ALL.take(np.arange(5)),
        ALL.take(np.array([0, 4, 2, 3, 1, 5])),  # rows of one class change places
    ],
    ids=["labels", "an_image", "order", "shape", "fewer", "order_of_rows"],
)
def test_digest_differs_where_the_images_or_labels_do(other):
    assert other.digest != ALL.digest
    assert len(other.digest) == 16


@pytest.mark.parametrize(
    "same",
    [
        replace(ALL, pixels=np.asfortranarray(PIXELS)),
        replace(ALL, pixels=np.repeat(PIXELS, 2, axis=2)[:, :, ::2]),
        replace(ALL, labels=LABELS.astype(">i4")),
        replace(ALL, pixels=PIXELS[::-1], rows=np.arange(6)[::-1]),
        ImageSet(
            PIXELS.repeat(2, axis=0), LABELS, NAMES, "twice", rows=np.arange(0, 12, 2)
        ),
    ],
    ids=["columns_first", "with_gaps", "type_of_labels", "rows", "every_other_row"],
)
def test_digest_does_not_ask_how_images_lie_in_memory(same):
    assert same.digest == ALL.digest


@pytest.mark.parametrize("at_once", [1, 4, 5, 6, 100])
def test_digest_does_not_ask_how_many_images_are_read_at_once(at_once, monkeypatch):
    monkeypatch.setattr(image_set, "AT_ONCE", at_once * PIXELS[0].size)
    assert replace(ALL).digest == ALL.digest
    assert ALL.take(np.arange(6)).digest == ALL.digest


def test_a_known_digest_is_believed_and_not_handed_on():
    known = ImageSet(PIXELS, LABELS, NAMES, "here", known_digest="0123456789abcdef")
    assert known.digest == "0123456789abcdef"
    assert replace(known, origin="there").digest == ALL.digest
    assert known.take(np.arange(5)).digest == ALL.take(np.arange(5)).digest


def test_an_image_set_can_go_to_another_process():
    part = pickle.loads(pickle.dumps(ALL.take(np.array([3, 1]))))
    np.testing.assert_array_equal(part.images, PIXELS[[3, 1]])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"pixels": PIXELS / 255.0}, "uint8, from 0 to 255. Received: .*dtype=float64"),
        ({"pixels": PIXELS.view(np.int8)}, "dtype uint8.*dtype=int8"),
        ({"pixels": PIXELS[..., 0]}, r"\[M, H, W, C\].*shape=\(6, 2, 3\)"),
        ({"pixels": PIXELS[:, :0]}, r"shape=\(6, 0, 3, 1\)"),
        ({"pixels": PIXELS.tolist()}, "arrays of NumPy. Received: list"),
        ({"pixels": PIXELS[:5]}, r"labels to be .* shape \(5,\). .*shape=\(6,\)"),
        ({"labels": LABELS[:, None]}, r"shape \(6,\). Received: shape=\(6, 1\)"),
        ({"labels": LABELS.astype(float)}, "integers.*dtype=float64"),
        ({"labels": LABELS.astype(str)}, "integers.*dtype=<U"),
        ({"labels": LABELS == 1}, "integers.*dtype=bool"),
        ({"labels": LABELS.tolist()}, "arrays of NumPy. Received: list"),
        ({"labels": LABELS + 1}, r"labels from 0 to 2. Received: labels\[0\]=3"),
        ({"labels": LABELS - 1}, r"labels from 0 to 2. Received: labels\[1\]=-1"),
        ({"class_names": ("cat", "dog", "cat")}, "differ. Received: 'cat' more than"),
        ({"class_names": ("cat", "dog", " ")}, "none of them empty"),
        ({"class_names": ("cat", "dog", 3)}, "tuple of texts"),
        ({"class_names": "abc"}, "tuple of texts.*Received: 'abc'"),
        ({"rows": np.arange(1, 7)}, r"rows from 0 to 5. Received: rows\[5\]=6"),
        ({"rows": np.arange(5)}, r"labels to be .* shape \(5,\)"),
        ({"rows": np.ones(6, bool)}, "rows to be integers"),
    ],
)
def test_what_is_no_image_set_is_refused_where_it_is_made(wrong, told):
    with pytest.raises(InputError, match=f"^a/file.tfrecord: Expected .*{told}"):
        replace(ALL, **wrong)


def test_labels_of_any_integer_type_are_counted():
    labels = LABELS.astype("uint64")
    assert replace(ALL, labels=labels).class_counts().tolist() == [2, 2, 2]


def test_no_pixel_is_read_to_check_them(tmp_path):
    np.save(tmp_path / "images.npy", PIXELS)

    class Guarded(np.memmap):
        def __array__(self, *args, **kwargs):
            raise AssertionError("read")

        def __getitem__(self, key):
            raise AssertionError("read")

    mapped = np.load(tmp_path / "images.npy", mmap_mode="r").view(Guarded)
    part = replace(ALL, pixels=mapped).take(np.array([1, 5]))
    assert part.labels.tolist() == [0, 2]
