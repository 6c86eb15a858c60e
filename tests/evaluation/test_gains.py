"""Gains and their intervals, what seeds say together, and what is read of classes."""

import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.evaluation import (
    Model,
    Predictions,
    Readings,
    read_predictions,
)
from logit_adjustment_kedro.evaluation.by_class import (
    class_table,
    confused_classes,
    most_lost,
    moved_classes,
)
from logit_adjustment_kedro.evaluation.gains import gain_table
from logit_adjustment_kedro.evaluation.tables import method_table
from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.intervals import (
    interval_over_images,
    interval_over_seeds,
)
from logit_adjustment_kedro.runs import Part
from readings_by_hand import answer, counts_of, readings_of

COUNTS = np.array([80, 20])
TRAIN = COUNTS / 100
LABELS = np.repeat([0, 1], [30, 30])
ADJUSTED = "net.posthoc_logit_adjusted"


def noisy(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(60, 2))
    return noise + np.eye(2)[LABELS] + np.log(TRAIN)


def reading(*logits: np.ndarray, other: list[np.ndarray] = ()) -> Readings:
    """Of a model called net, and perhaps another; a seed each."""
    named = [("net", seed, z) for seed, z in enumerate(logits)]
    named += [("other", seed, z) for seed, z in enumerate(other)]
    tested = {Part.TEST: LABELS}
    models = [Model(name, s, TRAIN, {Part.TEST: z}, tested) for name, s, z in named]
    return read_predictions(Predictions(["cat", "dog"], COUNTS, models))


def rights(logits) -> np.ndarray:
    return (logits.argmax(axis=1) == LABELS).astype(int)


def test_the_gain_is_that_of_each_seed_over_its_own_network():
    seeds = [noisy(seed) for seed in range(4)]
    row = gain_table(reading(*seeds)).set_index("method").loc[ADJUSTED]
    gains = [
        (rights(adjust_logits(z, COUNTS)) - rights(z)).mean() for z in seeds
    ]  # as many images of each class: the mean over the images is that over the classes
    assert row["compared_with"] == "net"
    assert row["n_seeds"] == 4
    assert row["gain"] == pytest.approx(np.mean(gains))
    assert row["gain_std"] == pytest.approx(np.std(gains, ddof=1))
    expected = interval_over_seeds(np.mean(gains), np.std(gains, ddof=1), 4)
    assert [row["gain_low"], row["gain_high"]] == pytest.approx(expected)


def test_the_gain_over_images_is_taken_image_by_image():
    seeds = [noisy(seed) for seed in range(3)]
    row = gain_table(reading(*seeds)).set_index("method").loc[ADJUSTED]
    wins = sum(rights(adjust_logits(z, COUNTS)) - rights(z) for z in seeds) / 3
    expected = interval_over_images(wins, np.ones(60, int), LABELS, np.full(2, 0.5))
    found = [row["gain_images_low"], row["gain_images_high"]]
    assert found == pytest.approx(expected, abs=0.01)


def test_of_methods_that_nearly_agree_the_difference_is_known_best():
    first = [noisy(seed) for seed in range(3)]
    other = [z + 0.1 * np.eye(2)[LABELS] for z in first]
    row = gain_table(reading(*first, other=other)).set_index("method").loc["other"]
    paired = row["gain_images_high"] - row["gain_images_low"]
    assert paired < (row["images_high"] - row["images_low"]) / 2


def test_the_first_method_gains_over_none():
    row = gain_table(reading(noisy(0), noisy(1))).iloc[0]
    assert row["method"] == "net"
    assert pd.isna(row["compared_with"])
    assert pd.isna(row["verdict"])
    assert row["images_low"] < row["accuracy"] < row["images_high"]


@pytest.mark.parametrize(
    ("better", "verdict"), [(5.0, "gains"), (0.0, "within noise"), (-5.0, "loses")]
)
def test_the_verdict_is_that_of_both_intervals(better, verdict):
    first = [noisy(seed) for seed in range(4)]
    other = [noisy(9 + seed) + better * np.eye(2)[LABELS] for seed in range(4)]
    table = gain_table(reading(*first, other=other)).set_index("method")
    assert table.loc["other", "verdict"] == verdict


def test_with_one_seed_only_what_reads_the_same_network_is_judged():
    rare = 9 * np.eye(2)[LABELS]
    rare[30:, 0] = 10.0  # which adjusting by log(4) mends
    table = gain_table(reading(rare, other=[9 * np.eye(2)[LABELS]]))
    table = table.set_index("method")
    assert table.loc[ADJUSTED, "verdict"] == "gains"
    assert table.loc["other", "gain_images_low"] > 0
    assert table.loc["other", "verdict"] == "not known: one seed"


def named(*seeds: tuple[str, int, np.ndarray]) -> Readings:
    tested = {Part.TEST: LABELS}
    models = [Model(name, s, TRAIN, {Part.TEST: z}, tested) for name, s, z in seeds]
    return read_predictions(Predictions(["cat", "dog"], COUNTS, models))


def test_gains_are_those_of_the_seeds_that_both_have():
    readings = named(*(("net", s, noisy(s)) for s in range(3)), ("other", 1, noisy(1)))
    row = gain_table(readings).set_index("method").loc["other"]
    assert row["n_seeds"] == 1
    assert row["gain"] == row["gain_images_low"] == row["gain_images_high"] == 0
    assert row["verdict"] == "not known: one seed"


def test_without_a_seed_in_common_nothing_is_said_of_a_gain():
    readings = named(("net", 0, noisy(0)), ("other", 5, 9 * np.eye(2)[LABELS]))
    row = gain_table(readings).set_index("method").loc["other"]
    assert np.isnan(
        [row["gain"], row["gain_images_low"], row["gain_images_high"]]
    ).all()
    assert row["verdict"] == "not known"


def test_the_order_of_models_and_seeds_changes_nothing():
    seeds = [
        (name, s, noisy(10 * s + len(name)))
        for s in (0, 1)
        for name in ("net", "other")
    ]
    one, two = named(*seeds), named(*sorted(seeds, key=lambda seed: seed[0]))
    pd.testing.assert_frame_equal(gain_table(one), gain_table(two))
    pd.testing.assert_frame_equal(one.ensembles, two.ensembles)
    assert (one.ensembles["seeds"] == 2).all()


def test_a_gain_of_two_seeds_that_disagree_is_within_noise():
    """Over the images both are sure; another seed may be as far off again."""
    other = [noisy(0), 9 * np.eye(2)[LABELS]]
    row = gain_table(reading(noisy(0), noisy(1), other=other)).set_index("method")
    row = row.loc["other"]
    assert row["gain_images_low"] > 0 > row["gain_low"]
    assert row["verdict"] == "within noise"


def test_an_ensemble_is_the_mean_of_the_probabilities():
    """Two seeds are wrong and unsure, the third is right and sure."""
    unsure, sure = np.log([[0.55, 0.45]] * 60), np.log([[0.1, 0.9]] * 60)
    readings = reading(unsure, unsure, sure)
    together = readings.ensembles.set_index(["method", "label"])
    # 0.4 of class 0 and 0.6 of class 1.
    assert together.loc["net", "accuracy"].tolist() == [0, 1]
    assert (together["seeds"] == 3).all()
    alone = method_table(readings).set_index("method").loc["net"]
    assert alone["accuracy"] == 0.5


def test_precision_recall_and_f1_by_hand():
    # Of 30 cats 20 are named cats, of 30 dogs 15 are.
    answers = np.repeat([0, 1, 0, 1], [20, 10, 15, 15])
    table = class_table(reading(9 * np.eye(2)[answers])).set_index(
        ["method", "class_name"]
    )
    cat, dog = table.loc[("net", "cat")], table.loc[("net", "dog")]
    assert cat["precision"] == pytest.approx(20 / 35)
    assert cat["recall"] == pytest.approx(20 / 30)
    assert cat["f1"] == pytest.approx(2 * 20 / (35 + 30))
    assert dog["precision"] == pytest.approx(15 / 25)
    assert dog[["count", "test_count"]].tolist() == [20, 30]


def test_a_class_that_is_never_predicted_has_no_precision():
    table = class_table(reading(9 * np.eye(2)[LABELS * 0]))
    dog = table.set_index(["method", "class_name"]).loc[("net", "dog")]
    assert np.isnan(dog["precision"])
    assert dog[["recall", "f1"]].tolist() == [0, 0]


def test_classes_that_gained_and_lost_are_told_in_images():
    # Adjusting by log(4) names the last 10 dogs rightly, and 5 of the cats wrongly.
    lead = np.concatenate([np.full(25, 9.0), np.full(5, 1.0), np.full(20, 9.0)])
    lead = np.concatenate([lead, np.full(10, 1.0)])
    readings = reading(np.stack([lead, 0 * lead], axis=1))
    moved = moved_classes(class_table(readings), readings)
    assert moved["method"].tolist() == [ADJUSTED, ADJUSTED]
    assert moved["class_name"].tolist() == ["dog", "cat"]
    assert moved["images"].round(6).tolist() == [10, -5]
    assert moved["before"].tolist() == pytest.approx([0, 1])
    assert moved["after"].tolist() == pytest.approx([10 / 30, 25 / 30])


def test_the_class_that_loses_most_is_that_of_the_largest_share_and_not_number():
    before = answer([[1000, 0, 0], [0, 10, 0], [5, 0, 5]])
    after = answer([[950, 50, 0], [7, 3, 0], [0, 0, 10]], "logit_adjusted")
    readings = readings_of([before, after], counts_of(90, 9, 1))
    (lost,) = most_lost(class_table(readings), readings).values()
    assert lost["class_name"] == "class 1"
    assert lost[["before", "after"]].tolist() == [1.0, 0.3]
    alike = before | {"answer": after["answer"]}
    none = readings_of([before, alike], counts_of(90, 9, 1))
    assert most_lost(class_table(none), none) == {}


def test_what_is_confused_most_is_told_first():
    answers = np.repeat([0, 1, 0, 1], [28, 2, 12, 18])
    table = confused_classes(reading(9 * np.eye(2)[answers]))
    pairs = table[table["method"] == "net"]
    assert pairs["class_name"].tolist() == ["dog", "cat"]
    assert pairs["predicted"].tolist() == ["cat", "dog"]
    assert pairs["images"].tolist() == [12, 2]
