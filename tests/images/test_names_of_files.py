"""An image set that knows what its images were called, and which belong together."""

from dataclasses import replace

import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import ImageSet

PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 2, 2, 1)
NAMED = ImageSet(
    PIXELS,
    np.array([0, 1, 1]),
    ("cat", "dog"),
    "a/folder",
    files=np.array(["cat/1.png", "dog/1.png", "dog/2 ü.png"]),
)


def test_names_go_along_with_their_images():
    part = NAMED.take(np.array([2, 0])).take(np.array([0]))
    assert part.files.tolist() == ["dog/2 ü.png"]
    np.testing.assert_array_equal(part.images, PIXELS[[2]])
    assert replace(NAMED, files=None).take(np.array([2])).files is None


def test_names_do_not_count_for_the_digest():
    assert replace(NAMED, files=None).digest == NAMED.digest


def test_groups_go_along_and_count_by_who_is_together():
    grouped = replace(NAMED, groups=np.array(["eve", "bob", "eve"]))
    part = grouped.take(np.array([2, 1, 0]))
    assert part.groups.tolist() == ["eve", "bob", "eve"]
    renamed = replace(NAMED, groups=np.array(["1", "2", "1"]))
    otherwise = replace(NAMED, groups=np.array(["eve", "bob", "bob"]))
    assert renamed.digest == grouped.digest != NAMED.digest
    assert len({grouped.digest, otherwise.digest, NAMED.digest}) == 3


@pytest.mark.parametrize("name", ["files", "groups"])
@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (NAMED.files[:2], r"of shape \(3,\).* Received: shape=\(2,\)"),
        (NAMED.files[:, None], r"Received: shape=\(3, 1\)"),
        (NAMED.files.tolist(), "an array of texts. Received: list"),
        (np.arange(3), "an array of texts. Received: int64"),
        (NAMED.files.astype(object), "an array of texts. Received: object"),
    ],
)
def test_what_are_no_names_is_refused(name, texts, told):
    with pytest.raises(InputError, match=f"^a/folder: Expected {name} .*{told}"):
        replace(NAMED, **{name: texts})
