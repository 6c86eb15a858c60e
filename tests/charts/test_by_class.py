"""The charts that go class by class, and that of the confidence."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest

from drawn_charts import drawn, invented, rows_of
from invented import make_class_counts
from logit_adjustment_kedro.charts import draw
from logit_adjustment_kedro.evaluation.readings import Choice
from readings_by_hand import answer, counts_of, readings_of


def confusions_of(num_classes: int, method: str) -> list[np.ndarray]:
    """The confusion matrices of all seeds, where no tau was chosen."""
    readings = invented(num_classes)
    answers = readings.of(choice=Choice.FIXED)
    return list(readings.confusions[answers.index[answers["method"] == method]])


def by_frequency(num_classes: int) -> pd.DataFrame:
    counts = make_class_counts(num_classes)
    return counts.sort_values("count", ascending=False, kind="stable")


def without_names(groups: Iterable[str]) -> list[str]:
    """Ranks and training images, of ranks, training images and names."""
    return [group.rpartition(" · ")[0] for group in groups]


def shares_of(rows: pd.DataFrame) -> pd.Series:
    keys = {key: without_names(rows[key]) for key in ("true", "predicted")}
    return rows.assign(**keys).set_index(["true", "predicted"])["share"]


@pytest.mark.parametrize("method", ["erm", "posthoc_logit_adjusted", "vs"])
def test_the_accuracy_on_each_class_and_its_deviation(method):
    rows = rows_of(drawn("class_accuracy", 10), method)

    counts = by_frequency(10)
    confusions = confusions_of(10, method)
    assert len(confusions) == 3
    assert rows["group"].tolist() == [
        f"{rank} · {row.count:,} · {row.class_name}"
        for rank, row in enumerate(counts.itertuples(index=False), start=1)
    ]
    for row, label in zip(rows.itertuples(), counts["label"], strict=True):
        by_seed = [c[label, label] / c[label].sum() for c in confusions]
        mean, std = np.mean(by_seed), np.std(by_seed, ddof=1)
        assert (row.mean, row.std) == pytest.approx((mean, std))
        assert row.low == pytest.approx(max(mean - std, 0))
        assert row.high == pytest.approx(min(mean + std, 1))


def test_a_hundred_classes_are_gathered_in_ten_groups_by_rank():
    rows = rows_of(drawn("class_accuracy", 100), "erm").set_index("group")
    rows.index = without_names(rows.index)

    by_class = [
        confusion[label, label] / confusion[label].sum()
        for confusion in confusions_of(100, "erm")
        for label in by_frequency(100)["label"].tail(10)
    ]
    assert len(rows) == 10
    assert rows.index[0] == "1–10 · 500–328"
    assert rows.loc["91–100 · 7–5", "mean"] == pytest.approx(np.mean(by_class))


def test_confusions_are_shares_of_the_true_class_by_rank():
    answers = [
        answer([[1, 3], [0, 2]], seed=0),
        answer([[2, 2], [1, 1]], seed=1),
        answer([[4, 0], [0, 2]], "vs"),
    ]

    chart = draw("confusion", readings_of(answers, counts_of(10, 90)))

    shares = shares_of(rows_of(chart, "erm"))
    # Class 1 is the more frequent: its rank is 1. Of two seeds, 2/2 and 1/2 are right.
    assert shares.to_dict() == {
        ("1 · 90", "1 · 90"): 0.75,
        ("1 · 90", "2 · 10"): 0.25,
        ("2 · 10", "1 · 90"): (3 / 4 + 2 / 4) / 2,
        ("2 · 10", "2 · 10"): (1 / 4 + 2 / 4) / 2,
    }
    x = chart.to_dict()["spec"]["encoding"]["x"]
    assert without_names(x["sort"]) == ["1 · 90", "2 · 10"]


def test_answers_are_those_of_the_plain_view_where_no_tau_was_chosen():
    right, wrong = [[2, 0], [0, 2]], [[0, 2], [2, 0]]
    answers = [
        answer(right),
        answer(wrong, view="mirrored"),
        answer(right, "weight_normalised"),
        answer(wrong, "weight_normalised", choice=Choice.ORACLE),
    ]
    readings = readings_of(answers, counts_of(90, 10))

    for method in ("erm", "weight_normalised"):
        assert set(rows_of(draw("class_accuracy", readings), method)["mean"]) == {1}
        assert rows_of(draw("reliability", readings), method)["accuracy"].item() == 1
        shares = rows_of(draw("confusion", readings), method)
        same = shares["true"] == shares["predicted"]
        assert shares["share"].tolist() == same.astype(float).tolist()


def test_confusions_of_a_hundred_classes_are_those_of_groups():
    rows = rows_of(drawn("confusion", 100), "erm")

    labels = by_frequency(100)["label"]
    rarest, commonest = labels.tail(10), labels.head(10)
    taken = [
        confusion[np.ix_(rarest, commonest)].sum() / confusion[rarest].sum()
        for confusion in confusions_of(100, "erm")
    ]
    shares = shares_of(rows)
    assert len(shares) == 100
    assert shares["91–100 · 7–5", "1–10 · 500–328"] == pytest.approx(np.mean(taken))
    assert shares.groupby("true").sum().tolist() == pytest.approx([1] * 10)


def test_a_class_without_a_test_image_is_blank():
    readings = readings_of([answer([[2, 0], [0, 0]])], counts_of(90, 10))

    rows = rows_of(draw("confusion", readings), "erm")

    shares = shares_of(rows)
    assert shares["2 · 10"].tolist() == [0, 0]


def test_reliability_by_hand():
    one, two = np.zeros((15, 3)), np.zeros((15, 3))
    one[7] = [4, 2.0, 3]  # images, sum of confidences, right
    two[7], two[14] = [6, 3.0, 1], [10, 9.6, 9]
    answers = [answer([[1]], bins=one), answer([[1]], bins=two, seed=1)]

    chart = draw("reliability", readings_of(answers, counts_of(9)))

    rows = rows_of(chart, "erm").set_index("bin")
    assert rows.index.tolist() == [7, 14]  # no empty ones
    assert rows["confidence"].tolist() == pytest.approx([5 / 10, 0.96])
    assert rows["accuracy"].tolist() == pytest.approx([4 / 10, 0.9])
    assert rows["share"].tolist() == pytest.approx([0.5, 0.5])
    # |3 - 2| / 4 of the one seed, (|1 - 3| + |9 - 9.6|) / 16 of the other.
    assert rows["error"].unique().tolist() == ["Calibration error 20.6%"]


def test_adjusting_moves_the_points_of_reliability():
    chart = drawn("reliability", 10)

    before, after = rows_of(chart, "erm"), rows_of(chart, "posthoc_logit_adjusted")
    assert before["error"].iloc[0] != after["error"].iloc[0]


def test_norms_are_relative_to_the_network():
    layers = pd.DataFrame(
        {"seed": [0, 0, 7, 7], "label": [0, 1, 0, 1], "weight_norm": [1, 3, 40, 40]}
    ).assign(method="erm", bias=0.0)
    readings = readings_of(
        [answer([[1, 0], [0, 1]])], counts_of(10, 90), last_layers=layers
    )

    rows = rows_of(draw("weight_norm", readings), "erm")

    # Class 1 first: 3/2 and 1; then class 0: 1/2 and 1.
    assert without_names(rows["group"]) == ["1 · 90", "2 · 10"]
    assert rows["mean"].tolist() == [1.25, 0.75]
    assert rows["std"].tolist() == pytest.approx([0.125**0.5] * 2)
    assert rows["high"].iloc[0] > 1.25
