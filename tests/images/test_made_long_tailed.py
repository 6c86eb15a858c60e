"""Training images made long-tailed."""

import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import ImageSet, LongTail, make_long_tailed

NAMES = ("cat", "dog", "emu")


def image_set(*counts, names=NAMES, seed=0) -> ImageSet:
    """Images in a random order; their greys are their rows, modulo 256."""
    labels = np.repeat(np.arange(len(counts)), counts)
    labels = np.random.default_rng(seed).permutation(labels)
    pixels = np.arange(len(labels), dtype=np.uint32).astype(np.uint8)
    return ImageSet(pixels.reshape(-1, 1, 1, 1), labels, names, origin="a/file.npz")


def made(images: ImageSet, **asked) -> ImageSet:
    return make_long_tailed(images, LongTail.model_validate(asked))


def counts(images: ImageSet, **asked) -> list[int]:
    return made(images, **asked).class_counts().tolist()


@pytest.mark.parametrize(
    ("num_classes", "n_max", "totals"),
    [
        (10, 5000, {10: 20_431, 50: 13_996, 100: 12_406, 200: 11_203}),
        (100, 500, {10: 19_573, 50: 12_608, 100: 10_847, 200: 9_502}),
    ],
)
def test_the_benchmarks_of_cifar_have_their_sizes(num_classes, n_max, totals):
    names = tuple(map(str, range(num_classes)))
    images = image_set(*[n_max] * num_classes, names=names)
    for ratio, total in totals.items():
        kept = made(images, profile="exp", n_max=n_max, imbalance_ratio=ratio)
        assert len(kept) == total
        assert kept.class_counts()[0] == n_max
        assert kept.class_counts()[-1] == n_max // ratio
        default = made(images, profile="exp", imbalance_ratio=ratio)
        assert default.digest == kept.digest


def test_as_it_is_takes_nothing_away():
    images = image_set(3, 1, 2)
    assert make_long_tailed(images, LongTail()) is images


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # 9, 9 / sqrt(9), 9 / 9.
        ({"profile": "exp", "imbalance_ratio": 9}, [9, 3, 1]),
        ({"profile": "exp", "imbalance_ratio": 4, "n_max": 8}, [8, 4, 2]),
        ({"profile": "exp", "imbalance_ratio": 1}, [9, 9, 9]),
        ({"profile": "step", "imbalance_ratio": 4}, [9, 9, 2]),
        ({"profile": "step", "imbalance_ratio": 4, "n_max": 4}, [4, 4, 1]),
        ({"profile": "counts", "counts": [1, 9, 4]}, [1, 9, 4]),
    ],
)
def test_profiles(asked, expected):
    assert counts(image_set(9, 9, 9), **asked) == expected
    # From the most frequent: emu, cat, dog.
    order = {"order": ["emu", "cat", "dog"]}
    in_order = [expected[1], expected[2], expected[0]]
    assert counts(image_set(9, 9, 9), **asked, **order) == in_order


def test_the_rarest_class_keeps_what_it_has_if_that_is_enough():
    assert counts(image_set(9, 3, 1), profile="exp", imbalance_ratio=9) == [9, 3, 1]


def test_images_stay_in_their_order_and_are_not_copied():
    images = image_set(9, 9, 9)
    kept = made(images, profile="step", imbalance_ratio=3)
    assert kept.pixels is images.pixels
    assert (np.diff(kept.rows) > 0).all()
    assert kept.labels.tolist() == images.labels[kept.rows].tolist()
    again = kept.take(np.arange(len(kept)))
    assert again.digest == kept.digest


def test_of_a_part_the_rows_are_found_too():
    whole = image_set(9, 9, 9)
    part = whole.take(np.arange(5, 27))
    kept = made(part, profile="counts", counts=[1, 1, 1])
    assert kept.rows.min() >= 5
    assert kept.images[:, 0, 0, 0].tolist() == kept.rows.tolist()


def test_what_is_kept_follows_from_the_seed():
    images = image_set(200, 200, 200)
    asked = {"profile": "exp", "imbalance_ratio": 10}
    kept, again, other = (made(images, **asked, seed=seed) for seed in (0, 0, 1))
    assert kept.digest == again.digest != other.digest
    # Chance would keep about 63 * 63 / 200 of the second class alike.
    both = np.intersect1d(kept.rows, other.rows)
    assert 5 < (images.labels[both] == 1).sum() < 40


def test_a_class_keeps_the_same_whatever_the_others_are():
    def dogs(images: ImageSet, kept: ImageSet) -> np.ndarray:
        """Which of the dogs are kept, of those that there are."""
        return np.isin(np.flatnonzero(images.labels == 1), kept.rows)

    few, many = image_set(9, 9, 9), image_set(40, 9, 20)
    asked = {"profile": "counts", "counts": [3, 4, 2]}
    np.testing.assert_array_equal(
        dogs(few, made(few, **asked)), dogs(many, made(many, **asked))
    )
    more = made(few, profile="counts", counts=[3, 7, 2])
    assert {*made(few, **asked).rows} < {*more.rows}


def test_the_draw_stays_what_it_is():
    """Another draw would make stored runs those of other images."""
    labels = np.repeat([0, 1], [10, 10])
    images = ImageSet(np.zeros((20, 1, 1, 1), "uint8"), labels, ("a", "b"), "here")
    rows = made(images, profile="counts", counts=[3, 2]).rows
    assert rows.tolist() == [2, 4, 6, 11, 19]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            {"profile": "exp", "imbalance_ratio": 2, "n_max": 10},
            r"at least 10 images of class 0 \(cat\).* Received: 9$",
        ),
        (
            {"profile": "counts", "counts": [9, 3, 3]},
            r"at least 3 images of class 2 \(emu\).* Received: 1$",
        ),
        ({"profile": "counts", "counts": [9, 3]}, "counts of 3 classes. Received: 2$"),
        (
            {"profile": "exp", "imbalance_ratio": 2, "order": ["cat", "dog"]},
            "name each class once. Received: 'emu' 0 times",
        ),
        (
            {"profile": "exp", "imbalance_ratio": 2, "order": [*NAMES, "cat"]},
            "name each class once. Received: 'cat' 2 times",
        ),
        (
            {"profile": "exp", "imbalance_ratio": 2, "order": ["cat", "dog", "Emu"]},
            "name each class once. Received: 'Emu' 1 times, of the classes",
        ),
    ],
)
def test_what_cannot_be_made_is_refused(asked, told):
    with pytest.raises(InputError, match=f"^a/file.npz: Expected .*{told}") as fault:
        made(image_set(9, 4, 1), **asked)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"imbalance_ratio": 100}, "profile as_it_is with none of the others"),
        ({"order": ["cat"]}, "profile as_it_is with none of the others"),
        ({"profile": "exp"}, "exp with imbalance_ratio, perhaps n_max, perhaps order"),
        ({"profile": "step", "n_max": 5}, "profile step with imbalance_ratio"),
        (
            {"profile": "exp", "imbalance_ratio": 2, "counts": [1]},
            "profile exp with imbalance_ratio",
        ),
        ({"profile": "counts"}, "profile counts with counts, perhaps order"),
        (
            {"profile": "counts", "counts": [1], "imbalance_ratio": 2},
            "profile counts with counts, perhaps order",
        ),
        ({"profile": "linear"}, "profile: Input should be 'as_it_is', 'exp'"),
        ({"profile": "exp", "imbalance_ratio": 0.5}, "imbalance_ratio: .* or equal to"),
        (
            {"profile": "exp", "imbalance_ratio": "2"},
            "imbalance_ratio: .* Received: '2",
        ),
        ({"profile": "counts", "counts": [1, 0]}, "counts.1: .* or equal to 1"),
        ({"ratio": 100}, "Did you mean imbalance_ratio|no such parameter"),
    ],
)
def test_wrong_parameters_are_refused(asked, told):
    with pytest.raises(ValueError, match=told):
        LongTail.model_validate(asked)
