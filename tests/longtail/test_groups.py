import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.longtail import class_prior
from logit_adjustment_kedro.longtail.groups import GROUPS, Groups, rank_classes

BY_RANK = {"by": "rank", "head": 3, "tail": 8}


def class_counts_of(counts):
    names = [f"class {label}" for label in range(len(counts))]
    return pd.DataFrame(
        {"label": range(len(counts)), "class_name": names, "count": counts}
    )


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"by": "rank", "head": 1, "tail": 3}, ["medium", "tail", "head"]),
        ({"by": "count", "head": 100, "tail": 20}, ["medium", "tail", "head"]),
        ({"by": "count", "head": 20, "tail": 20}, ["medium", "tail", "head"]),
    ],
)
def test_groups_by_rank_and_by_count(groups, expected):
    counts = np.array([20, 5, 500])
    assert Groups.model_validate(groups).of(counts).tolist() == expected


def test_groups_of_ten_classes_by_rank():
    groups = Groups.model_validate(BY_RANK).of(range(100, 0, -10))
    assert groups.tolist() == ["head"] * 3 + ["medium"] * 4 + ["tail"] * 3
    assert set(groups) == set(GROUPS)


def test_groups_and_ranks_treat_ties_alike():
    counts = [5, 20, 5, 10]
    groups = Groups(by="rank", head=1, tail=3).of(counts)
    ranked = rank_classes(class_counts_of(counts))
    in_the_tail = ranked[ranked["class_rank"] >= 3]["label"]
    assert sorted(in_the_tail) == np.flatnonzero(groups == "tail").tolist() == [0, 2]


@pytest.mark.parametrize(
    "groups",
    [{"by": "rank", "head": 5, "tail": 5}, {"by": "count", "head": 5, "tail": 6}],
)
def test_groups_that_share_a_class_are_refused(groups):
    with pytest.raises(ValueError, match="leave no class in both"):
        Groups.model_validate(groups)


def test_ranks_go_by_count_and_ties_by_label():
    ranked = rank_classes(class_counts_of([5, 20, 5, 10]))
    assert ranked["class_rank"].tolist() == [1, 2, 3, 4]
    assert ranked["class_name"].tolist() == ["class 1", "class 3", "class 0", "class 2"]
    assert ranked["count"].tolist() == [20, 10, 5, 5]
    assert ranked["label"].tolist() == [1, 3, 0, 2]


def test_class_names_that_came_back_as_numbers_are_names_again():
    counts = class_counts_of([3, 2]).assign(class_name=[0, 1])
    assert rank_classes(counts)["class_name"].tolist() == ["0", "1"]


def test_counts_in_the_order_of_frequency_are_read_by_their_labels():
    groups = Groups(by="count", head=2, tail=2)
    counts = pd.Series([1, 0, 1, 1]).value_counts()
    assert groups.of(counts).tolist() == ["tail", "head"]


def test_ranked_counts_stay_in_the_order_of_the_ranks():
    ranked = rank_classes(class_counts_of([5, 20, 10]))
    assert class_prior(ranked["count"]).tolist() == [20 / 35, 10 / 35, 5 / 35]


@pytest.mark.parametrize(
    ("num_classes", "sizes"), [(3, (1, 1, 1)), (10, (3, 4, 3)), (200, (60, 80, 60))]
)
def test_groups_by_share_of_the_classes(num_classes, sizes):
    counts = range(num_classes, 0, -1)
    groups = Groups(by="share", head=0.3, tail=0.3).of(counts).tolist()
    expected = [g for g, n in zip(GROUPS, sizes, strict=True) for _ in range(n)]
    assert groups == expected


def test_ranks_and_counts_are_whole_numbers_and_shares_do_not_overlap():
    with pytest.raises(ValueError, match="to be integers"):
        Groups(by="rank", head=0.3, tail=0.3)
    with pytest.raises(ValueError, match="leave no class in both"):
        Groups(by="share", head=0.6, tail=0.5)
