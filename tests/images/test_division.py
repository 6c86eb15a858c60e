import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import divide


def sizes(*counts, fractions=(0.2, 0.1), seed=0) -> list[list[int]]:
    """How many images of each class each part has."""
    labels = np.repeat(np.arange(len(counts)), counts)
    parts = divide(labels, len(counts), fractions, seed)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))
    assert all((np.diff(rows) > 0).all() for rows in parts)
    return [np.bincount(labels[r], minlength=len(counts)).tolist() for r in parts]


def test_each_part_has_its_fraction_of_each_class_but_at_least_one_image():
    assert sizes(100, 14, 10, 5) == [[70, 10, 7, 3], [20, 3, 2, 1], [10, 1, 1, 1]]


def test_the_last_image_of_a_class_trains():
    assert sizes(4, 3, 2, 1, 0) == [
        [2, 1, 1, 1, 0],
        [1, 1, 1, 0, 0],
        [1, 1, 0, 0, 0],
    ]
    assert sizes(10, 2, fractions=(0.49, 0.5)) == [[1, 1], [5, 1], [4, 0]]


def test_a_fraction_of_nothing_gets_nothing():
    assert sizes(10, 2, fractions=(0.2, 0)) == [[8, 1], [2, 1], [0, 0]]
    assert sizes(10, 2, fractions=()) == [[10, 2]]


def test_rows_keep_their_labels_in_any_order():
    labels = np.array([1, 0, 1, 0, 0, 1, 0, 1])
    training, test = divide(labels, 2, [0.25], seed=3)
    assert labels[test].tolist().count(0) == labels[test].tolist().count(1) == 1
    assert len(training) == 6


def test_another_class_changes_nothing():
    few, more = (divide(np.repeat([0, 1], [20, n]), 2, [0.2], 0)[1] for n in (5, 50))
    np.testing.assert_array_equal(few[few < 20], more[more < 20])


DRAWN = {0: [2, 4, 6, 19, 21, 23], 7: [3, 8, 12, 13, 23, 26]}


@pytest.mark.parametrize("seed", DRAWN)
def test_the_draws_stay_what_they_are(seed):
    """Other draws would make stored runs those of other images."""
    _, test, _ = divide(np.repeat([0, 1], [20, 8]), 2, [0.2, 0.1], seed)
    assert test.tolist() == DRAWN[seed]


@pytest.mark.parametrize("fractions", [(0.6, 0.4), (-0.1, 0.2), (1.5,), (np.nan,)])
def test_what_leaves_nothing_to_train_on_is_refused(fractions):
    with pytest.raises(InputError, match="Expected fractions from 0 on"):
        divide(np.zeros(10, int), 1, fractions, 0)


def test_labels_of_no_class_are_refused():
    with pytest.raises(InputError, match=r"Received: labels\[1\]=2"):
        divide(np.array([0, 2]), 2, [0.2], 0)
