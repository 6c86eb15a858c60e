"""Images in groups, divided into parts."""

import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import divide, divide_groups


def parts_of(labels, groups, fractions=(0.2, 0.1), seed=0) -> list[np.ndarray]:
    """Divides, and checks what must always be true."""
    labels, groups = np.asarray(labels), np.asarray(groups)
    num_classes = int(labels.max()) + 1
    parts = divide_groups(labels, groups, num_classes, fractions, seed)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))
    assert all((np.diff(rows) > 0).all() for rows in parts)
    in_parts = [{*groups[rows].tolist()} for rows in parts]
    assert sum(map(len, in_parts)) == len({*groups.tolist()})
    assert {*labels[parts[0]]} == {*labels}
    return parts


@pytest.mark.parametrize("seed", range(5))
def test_single_images_are_divided_in_the_sizes_of_divide(seed):
    labels = np.repeat([0, 1, 2, 3, 4], [100, 10, 3, 2, 1])
    parts = parts_of(labels, np.arange(len(labels)), seed=seed)
    plain = divide(labels, 5, (0.2, 0.1), seed)
    for mine, theirs in zip(parts, plain, strict=True):
        expected = np.bincount(labels[theirs], minlength=5)
        assert np.bincount(labels[mine], minlength=5).tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_groups_of_one_size_are_divided_as_near_as_can_be(seed):
    # 10 groups of 10 images of one class: 2 to test on, 1 to validate on.
    parts = parts_of(np.zeros(100, int), np.repeat(np.arange(10), 10), seed=seed)
    assert [len(rows) for rows in parts] == [70, 20, 10]


def test_a_part_takes_what_brings_it_nearer():
    # Wanted are 4 of 20. Of groups of 7 and 1, a 7 would be 3 too many, after two 1
    # even 5: it is taken if it comes first, and then nothing else brings it nearer.
    groups = np.repeat(np.arange(8), [7, 7, 1, 1, 1, 1, 1, 1])
    sizes = {
        seed: len(parts_of(np.zeros(20, int), groups, (0.2,), seed)[1])
        for seed in range(30)
    }
    assert {*sizes.values()} == {4, 7}


@pytest.mark.parametrize("seed", range(5))
def test_a_class_of_two_groups_is_in_both_parts(seed):
    # 2 of 10 are wanted, and 5 are farther from it than none: but none is no measure.
    labels = np.repeat([0, 1], [10, 40])
    groups = np.r_[np.repeat([0, 1], 5), np.arange(2, 42)]
    training, test = parts_of(labels, groups, (0.2,), seed)
    assert np.bincount(labels[test]).tolist() == [5, 8]


@pytest.mark.parametrize("seed", range(5))
def test_the_last_group_of_a_class_trains_whatever_the_parts_want(seed):
    labels = np.repeat([0, 1], [10, 40])
    groups = np.r_[np.repeat([0, 1], 5), np.arange(2, 42)]
    parts = parts_of(labels, groups, seed=seed)
    counts = [np.bincount(labels[rows], minlength=2)[0] for rows in parts]
    assert counts == [5, 5, 0]


@pytest.mark.parametrize("seed", range(5))
def test_where_all_groups_are_too_large_the_smallest_is_taken(seed):
    # 3 of 28 are wanted, and 8 as well as 20 are farther from it than none.
    groups = np.repeat([0, 1], [20, 8])
    parts = parts_of(np.zeros(28, int), groups, (0.1,), seed)
    assert [len(rows) for rows in parts] == [20, 8]


@pytest.mark.parametrize("seed", range(5))
def test_a_class_in_one_group_trains(seed):
    labels = np.repeat([0, 1], [10, 40])
    groups = np.r_[np.repeat(0, 10), np.arange(1, 41)]
    _, test, validation = parts_of(labels, groups, seed=seed)
    assert np.bincount(labels[test], minlength=2).tolist() == [0, 8]
    assert np.bincount(labels[validation], minlength=2).tolist() == [0, 4]


@pytest.mark.parametrize("seed", range(10))
def test_rare_classes_count_as_much_as_frequent_ones(seed):
    """Patients with 20 common cells each, and half of them with a rare one."""
    labels = np.tile(np.r_[np.zeros(20, int), 1, np.zeros(20, int)], 20)
    groups = np.repeat(np.arange(40), np.tile([21, 20], 20))
    _, test, _ = parts_of(labels, groups, seed=seed)
    common, rare = np.bincount(labels[test], minlength=2)
    # Wanted are 160 and 4. A rare cell is worth 40 common ones, so patients with one
    # are taken until there are 4, even where that makes too many of the common.
    assert rare == 4
    assert 160 <= common <= 220


def test_what_is_in_which_part_follows_from_the_seed():
    labels, groups = np.arange(60) % 3, np.arange(60) // 2
    one, again, other = (parts_of(labels, groups, seed=seed)[1] for seed in (0, 0, 1))
    assert one.tolist() == again.tolist() != other.tolist()


def test_a_fraction_of_nothing_gets_nothing():
    parts = parts_of(np.arange(60) % 3, np.arange(60) // 2, (0.2, 0))
    assert len(parts[2]) == 0


@pytest.mark.parametrize(
    ("labels", "groups", "fractions", "told"),
    [
        ([0, 2], [0, 1], [0.2], r"labels from 0 to 1. Received: labels\[1\]=2"),
        ([0, 1], [0, 2], [0.2], r"groups from 0 to 1. Received: groups\[1\]=2"),
        ([0, 1], [0], [0.2], r"groups to be integers of shape \(2,\)"),
        ([0, 1], [0, 1], [0.6, 0.4], "Expected fractions"),
    ],
)
def test_other_arguments_are_refused(labels, groups, fractions, told):
    with pytest.raises(InputError, match=told):
        divide_groups(np.array(labels), np.array(groups), 2, fractions, 0)
