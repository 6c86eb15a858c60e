"""The tables, by numbers worked out by hand."""

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from invented import make_readings
from logit_adjustment_kedro.evaluation import tables
from logit_adjustment_kedro.evaluation.parameters import Reporting
from logit_adjustment_kedro.evaluation.readings import Choice, Readings
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import METHODS, POSTHOC, TABLE_1, TRAINED
from logit_adjustment_kedro.runs import View
from readings_by_hand import answer, counts_of, make_parameters, readings_of

LABELS = [0, 0, 1, 1, 2, 2]
RIGHT = np.diag([2, 2, 2])
CHOICES = ["fixed", "held-out", "oracle for all", "oracle per seed"]
COUNTS = counts_of(90, 9, 1)  # head, medium and tail are a class each
CIFAR10 = make_parameters(10, dataset="cifar10_lt") | {
    "training": {"network": "resnet32", "epochs": 200},
    "methods": {name: method().model_dump() for name, method in METHODS.items()},
}
CIFAR10_COUNTS = counts_of(*exponential_profile(5000, 10, 100))


@cache
def invented(num_classes: int = 10) -> Readings:
    return make_readings(num_classes, seeds=3)


def confusion_of(predicted: list[int]) -> np.ndarray:
    """The confusion matrix of these answers to `LABELS`."""
    confusion = np.zeros((3, 3), int)
    np.add.at(confusion, (LABELS, predicted), 1)
    return confusion


def erm_of(*confusions, **others) -> Readings:
    """Readings of ERM with a confusion matrix for each seed."""
    answers = [
        answer(confusion, seed=seed) for seed, confusion in enumerate(confusions)
    ]
    return readings_of(answers, others.pop("class_counts", COUNTS), **others)


def only_row(readings: Readings) -> dict:
    (row,) = tables.method_table(readings).to_dict("records")
    return row


def test_measures_by_hand():
    bins = np.zeros((15, 3))
    bins[8] = 6, 6 * 0.576, 3  # images, sum of confidences, right
    one = answer(confusion_of([0, 0, 1, 0, 0, 0]), bins=bins)

    row = only_row(readings_of([one], COUNTS))

    # Right are 2 of 2 of class a, 1 of 2 of class b, 0 of 2 of class c.
    assert row["accuracy"] == row["head"] / 2 == 0.5
    assert (row["head"], row["medium"], row["tail"]) == (1.0, 0.5, 0.0)
    assert row["balanced_error"] == pytest.approx(0.5)
    assert (row["worst_class"], row["harmonic_mean"]) == (0.0, 0.0)
    assert row["calibration_error"] == pytest.approx(0.576 - 0.5)
    assert (row["epochs"], row["samples_seen"], row["weights"]) == (2, 200, 30)
    assert row["training_seconds"] == 1.5
    assert row["tau_choice"] == "fixed"
    assert math.isnan(row["tau"])
    assert math.isnan(row["balanced_error_low"])


def test_the_columns_and_their_order():
    assert tables.method_table(invented()).columns.tolist() == [
        *("method", "tau", "tau_choice", "accuracy", "accuracy_std", "n_seeds"),
        *("balanced_error", "balanced_error_std"),
        *("balanced_error_low", "balanced_error_high", "head", "medium", "tail"),
        *("worst_class", "harmonic_mean", "calibration_error", "epochs"),
        *("samples_seen", "weights", "training_seconds"),
        *("published_balanced_error", "published_source"),
    ]


def test_a_row_a_method_and_way_of_choosing_tau_in_the_order_of_the_registry():
    table = tables.method_table(invented())

    rows = table.groupby("method", sort=False)["tau_choice"].apply(list)
    assert list(rows.items()) == [
        (name, CHOICES if name in POSTHOC else ["fixed"]) for name in METHODS
    ]


def test_the_worst_class_is_that_of_any_group():
    row = only_row(erm_of(confusion_of([2, 2, 1, 0, 2, 2])))

    assert row["worst_class"] == row["head"] == 0.0
    assert row["tail"] == 1.0


def test_an_interval_ends_where_an_error_does():
    row = only_row(erm_of(RIGHT, confusion_of([0] * 6)))

    assert (row["balanced_error_low"], row["balanced_error_high"]) == (0.0, 1.0)


def test_the_interval_is_students_over_the_seeds():
    two_wrong = confusion_of([0, 0, 1, 0, 2, 0])
    one_wrong = confusion_of([0, 0, 1, 1, 2, 0])

    row = only_row(erm_of(two_wrong, one_wrong, two_wrong))

    errors = np.array([1 / 3, 1 / 6, 1 / 3])
    assert row["n_seeds"] == 3
    assert row["balanced_error"] == pytest.approx(5 / 18)
    assert row["balanced_error_std"] == pytest.approx(errors.std(ddof=1))
    half_width = t.ppf(0.975, 2) * errors.std(ddof=1) / math.sqrt(3)
    assert row["balanced_error_low"] == pytest.approx(5 / 18 - half_width)
    assert row["balanced_error_high"] == pytest.approx(5 / 18 + half_width)


def test_a_balanced_error_weighs_classes_where_accuracy_weighs_images():
    row = only_row(erm_of([[3, 0, 0], [1, 0, 0], [0, 0, 0]]))

    assert (row["accuracy"], row["balanced_error"]) == (0.75, 0.5)
    assert math.isnan(row["tail"])  # it has no test image


@pytest.mark.parametrize(
    ("method", "choice", "tau", "published"),
    [
        ("logit_adjusted", Choice.FIXED, 1.0, 0.2233),
        ("logit_adjusted", Choice.FIXED, 3.0, math.nan),
        ("posthoc_logit_adjusted", Choice.FIXED, 1.0, 0.2260),
        ("posthoc_logit_adjusted", Choice.ORACLE, 2.6, 0.1908),
        ("posthoc_logit_adjusted", Choice.ORACLE_PER_SEED, 2.6, math.nan),
        ("posthoc_logit_adjusted", Choice.HELD_OUT, 1.0, math.nan),
        ("vs", Choice.FIXED, 1.0, math.nan),
    ],
)
def test_a_published_figure_stands_beside_its_like(method, choice, tau, published):
    one = answer(np.eye(10, dtype=int), method, choice=choice, tau=tau)

    row = only_row(readings_of([one], CIFAR10_COUNTS, parameters=CIFAR10))

    assert row["tau"] == tau
    assert row["published_balanced_error"] == pytest.approx(published, nan_ok=True)
    assert pd.isna(row["published_source"]) == math.isnan(published)


def test_no_published_figure_stands_beside_another_profile():
    one = answer(np.eye(10, dtype=int), "logit_adjusted", tau=1.0)
    other = counts_of(*exponential_profile(5000, 10, 50))
    assert pd.isna(
        only_row(readings_of([one], other, parameters=CIFAR10))["published_source"]
    )


def test_chosen_taus_and_their_errors_are_means_over_the_seeds():
    c_is_wrong = confusion_of([0, 0, 1, 1, 0, 0])
    chosen = {
        Choice.FIXED: [(1.0, c_is_wrong), (1.0, RIGHT)],
        Choice.HELD_OUT: [(2.0, c_is_wrong), (3.0, RIGHT)],
        Choice.ORACLE: [(3.0, RIGHT), (3.0, c_is_wrong)],
        Choice.ORACLE_PER_SEED: [(3.5, RIGHT), (1.0, RIGHT)],
    }
    answers = [
        answer(confusion, "posthoc_logit_adjusted", seed=seed, choice=choice, tau=tau)
        for choice, by_seed in chosen.items()
        for seed, (tau, confusion) in enumerate(by_seed)
    ]

    rows = tables.method_table(readings_of(answers, COUNTS)).set_index("tau_choice")

    assert rows.index.tolist() == CHOICES
    assert rows["tau"].tolist() == [1.0, 2.5, 3.0, 2.25]
    assert rows["balanced_error"].tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6, 0])
    assert rows["n_seeds"].tolist() == [2, 2, 2, 2]


def test_a_posthoc_method_has_the_costs_of_what_it_adjusts():
    took = {"epochs": [60, 30], "samples_seen": 9, "weights": 7}
    trainings = pd.DataFrame({"method": ["erm", "vs"], "seed": 0} | took)
    trainings["training_seconds"] = [90.0, 40.0]
    answers = [answer(RIGHT, name) for name in ("weight_normalised", "vs")]

    table = tables.method_table(readings_of(answers, COUNTS, trainings=trainings))

    assert table["epochs"].tolist() == [60, 30]
    assert table["epochs"].dtype == "int64"
    assert table["training_seconds"].tolist() == [90.0, 40.0]


def test_a_combined_method_has_the_costs_of_all_its_members():
    members = ["erm", "logit_adjusted", "tail_expert"]
    took = {"epochs": 60, "samples_seen": [9, 10, 11], "weights": 7}
    trainings = pd.DataFrame({"method": members, "seed": 0} | took)
    trainings["training_seconds"] = [90.0, 40.0, 20.0]

    row = only_row(
        readings_of([answer(RIGHT, "tau_experts")], COUNTS, trainings=trainings)
    )

    assert (row["epochs"], row["samples_seen"], row["weights"]) == (180, 30, 21)
    assert row["training_seconds"] == 150.0


def test_a_last_layer_trained_anew_costs_both_trainings_and_answers_by_one_network():
    took = {"epochs": [60, 10], "samples_seen": [9, 5], "weights": [700, 33]}
    trainings = pd.DataFrame({"method": ["erm", "crt"], "seed": 0} | took)
    trainings["training_seconds"] = [90.0, 1.5]

    row = only_row(readings_of([answer(RIGHT, "crt")], COUNTS, trainings=trainings))

    assert (row["epochs"], row["samples_seen"], row["weights"]) == (70, 14, 700)
    assert row["training_seconds"] == 91.5


def test_a_mirrored_view_stands_beside_the_plain_one():
    plain = [confusion_of([0] * 6), confusion_of([0, 0, 1, 0, 0, 0])]
    mirrored = [RIGHT, confusion_of([0] * 6)]
    answers = [
        answer(confusion, seed=seed, view=view)
        for view, confusions in ((View.PLAIN, plain), (View.MIRRORED, mirrored))
        for seed, confusion in enumerate(confusions)
    ]
    readings = readings_of(answers, COUNTS)

    row = only_row(readings)

    assert (row["accuracy"], row["n_seeds"]) == (pytest.approx((2 / 6 + 3 / 6) / 2), 2)
    assert row["mirrored_accuracy"] == pytest.approx((1 + 2 / 6) / 2)
    assert row["mirrored_accuracy_std"] == pytest.approx((4 / 6) / 2**0.5)
    assert row["balanced_error"] == pytest.approx(1 - (2 / 6 + 3 / 6) / 2)
    (of_table_1,) = tables.accuracy_table(readings).to_dict("records")
    assert list(of_table_1) == [
        *("method", "accuracy", "accuracy_std", "n_seeds"),
        *("mirrored_accuracy", "mirrored_accuracy_std"),
    ]
    assert of_table_1.items() <= row.items()
    by_class = tables.per_class_accuracy(readings)
    assert by_class["accuracy"].tolist() == [1.0, 0.25, 0.0]


def test_table_1_is_three_rows_of_the_table_of_all_methods():
    table = tables.accuracy_table(invented())

    all_methods = tables.method_table(invented())
    fixed = all_methods[all_methods["tau_choice"] == "fixed"].set_index("method")
    assert table.columns.tolist() == ["method", "accuracy", "accuracy_std", "n_seeds"]
    assert table["method"].tolist() == list(TABLE_1)
    for column in table.columns[1:]:
        assert table[column].tolist() == fixed.loc[list(TABLE_1), column].tolist()


def test_accuracy_and_its_standard_deviation_over_the_seeds():
    readings = erm_of(
        [[2, 0], [2, 0]], [[2, 0], [0, 2]], class_counts=counts_of(90, 10)
    )

    row = only_row(readings)

    # 2/4 and 4/4, so a mean of 0.75 and a deviation of sqrt(0.25^2 + 0.25^2).
    assert (row["accuracy"], row["n_seeds"]) == (0.75, 2)
    assert row["accuracy_std"] == pytest.approx(math.sqrt(0.125))


def test_one_seed_has_no_standard_deviation():
    table = tables.accuracy_table(erm_of(RIGHT))

    assert (table["accuracy"].item(), table["n_seeds"].item()) == (1, 1)
    assert math.isnan(table["accuracy_std"].item())


def test_per_class_accuracy_by_hand():
    confusions = [[[2, 0], [1, 1]], [[2, 0], [0, 2]]]

    table = tables.per_class_accuracy(
        erm_of(*confusions, class_counts=counts_of(10, 90))
    )

    # Class 1, the more frequent: 1/2 and 2/2; class 0: 2/2 twice.
    expected = pd.DataFrame(
        {
            "method": ["erm", "erm"],
            "label": [1, 0],
            "class_name": ["class 1", "class 0"],
            "count": [90, 10],
            "test_count": [2, 2],
            "accuracy": [0.75, 1.0],
            "accuracy_std": [math.sqrt(0.125), 0.0],
        }
    )
    pd.testing.assert_frame_equal(table, expected)


def test_per_class_accuracy_is_of_table_1_where_no_tau_was_chosen():
    table = tables.per_class_accuracy(invented())

    assert table["method"].tolist() == [name for name in TABLE_1 for _ in range(10)]
    by_method = table.groupby("method", sort=False)["accuracy"].mean()
    errors = tables.method_table(invented()).query("tau_choice == 'fixed'")
    for name, error in errors.set_index("method")["balanced_error"].items():
        if name in TABLE_1:
            assert by_method[name] == pytest.approx(1 - error)


def test_a_class_without_a_test_image_has_no_accuracy():
    readings = erm_of(
        [[1, 0, 0], [0, 0, 0], [0, 0, 1]], class_counts=counts_of(3, 2, 1)
    )

    table = tables.per_class_accuracy(readings)

    assert table["class_name"].tolist() == ["class 0", "class 1", "class 2"]
    assert table["accuracy"].fillna(-1).tolist() == [1, -1, 1]


def swept(accuracies, seed=0, part="test", tau=0.0) -> pd.DataFrame:
    keys = {"method": "posthoc_logit_adjusted", "part": part, "seed": seed, "tau": tau}
    return pd.DataFrame(keys | {"label": [0, 1, 2], "accuracy": accuracies})


def test_the_tau_table_tells_overall_groups_and_classes():
    sweeps = [
        swept([1.0, 0.5, 0.0]),
        swept([1.0, 1.0, 0.0], seed=1),
        swept([0.0, 0.0, 1.0], part="held_out"),
        swept([0.5, 0.5, 0.5], tau=1.5),
        swept([0.5, 0.5, 1.0], tau=1.5, seed=1),
    ]

    table = tables.tau_table(erm_of(RIGHT, RIGHT, sweeps=pd.concat(sweeps)))

    columns = ["method", "tau", "kind", "name", "class_rank", "count", "accuracy"]
    assert table.columns.tolist() == columns
    assert len(table) == 2 * (1 + 3 + 3)
    at_0 = table[table["tau"] == 0].set_index("name")["accuracy"]
    by_class = {"class 0": 1, "class 1": 0.75, "class 2": 0}
    by_group = {"head": 1, "medium": 0.75, "tail": 0}
    assert table.query("kind == 'overall'")["name"].tolist() == ["balanced"] * 2
    assert at_0.to_dict() == pytest.approx({"balanced": 1.75 / 3} | by_group | by_class)
    ranks = table[table["kind"] == "class"].set_index("name")["class_rank"]
    assert ranks["class 2"].tolist() == [3, 3]
    assert table.loc[table["kind"] != "class", "count"].isna().all()


def test_every_posthoc_method_is_in_the_tau_table():
    table = tables.tau_table(invented(100))

    assert table["method"].unique().tolist() == list(POSTHOC)
    assert len(table) == len(POSTHOC) * 41 * (1 + 3 + 100)


def effective(betas, *counts) -> pd.DataFrame:
    parameters = make_parameters(len(counts)) | {"reporting": {"betas": betas}}
    confusion = np.eye(len(counts), dtype=int)
    return tables.effective_probabilities(
        erm_of(confusion, class_counts=counts_of(*counts), parameters=parameters)
    )


@pytest.mark.parametrize(
    ("beta", "ratio"), [(1, 100), (0.999, 20.36), (0.99, 2.53), (0, 1)]
)
def test_head_over_tail_of_the_effective_probability_on_cifar10_lt(beta, ratio):
    table = effective([beta], *exponential_profile(5000, 10, 100))

    assert table["class_rank"].tolist() == list(range(1, 11))
    assert table["probability"].sum() == pytest.approx(1)
    probabilities = table["probability"]
    assert probabilities.iloc[0] / probabilities.iloc[-1] == pytest.approx(
        ratio, abs=0.005
    )


def test_effective_probabilities_list_every_beta_in_order():
    table = effective([0, 1], 3, 2)

    assert table.columns.tolist() == ["class_rank", "class_name", "beta", "probability"]
    assert table["beta"].tolist() == [0, 0, 1, 1]
    assert table["probability"].tolist() == pytest.approx([0.5, 0.5, 0.6, 0.4])


def test_ranks_go_by_count_and_ties_by_label():
    table = effective([1], 5, 20, 5, 10)

    assert table["class_rank"].tolist() == [1, 2, 3, 4]
    assert table["class_name"].tolist() == ["class 1", "class 3", "class 0", "class 2"]
    assert table["probability"].tolist() == [0.5, 0.25, 0.125, 0.125]


@pytest.mark.parametrize("beta", [-0.001, 1.001])
def test_betas_outside_the_unit_interval_are_refused(beta):
    with pytest.raises(ValueError, match=rf"betas.1: .*\[0, 1\]. Received: {beta}"):
        Reporting.model_validate({"betas": [0.5, beta]})


def test_at_least_one_beta_is_needed():
    with pytest.raises(ValueError, match="betas: List should have at least 1 item"):
        Reporting.model_validate({"betas": []})


def test_the_methods_that_are_not_in_the_readings_are_not_in_the_tables():
    table = tables.accuracy_table(erm_of(RIGHT))

    assert table["method"].tolist() == ["erm"]
    assert len(tables.method_table(erm_of(RIGHT))) == 1 < len(TRAINED)


IMBALANCED = np.array([[8, 0, 0], [1, 1, 0], [0, 0, 0]])


def test_an_imbalanced_test_set_has_its_balanced_accuracy_first():
    table = tables.accuracy_table(erm_of(IMBALANCED))
    assert table.columns[:4].tolist() == [
        *("method", "balanced_accuracy", "balanced_accuracy_std", "accuracy")
    ]
    # Of a, 8 of 8, and of b, 1 of 2; c has no test image, and counts in neither.
    row = table.iloc[0]
    assert row["balanced_accuracy"] == pytest.approx(0.75)
    assert row["accuracy"] == pytest.approx(0.9)


def test_a_balanced_test_set_has_one_accuracy():
    assert "balanced_accuracy" not in tables.accuracy_table(erm_of(RIGHT))
    without_c = np.diag([2, 2, 0])
    assert "balanced_accuracy" not in tables.accuracy_table(erm_of(without_c))


def test_test_images_are_counted_beside_training_images():
    table = tables.per_class_accuracy(erm_of(IMBALANCED)).set_index("class_name")
    assert table["test_count"].tolist() == [8, 2, 0]
    assert table["count"].tolist() == [90, 9, 1]
    assert table["accuracy"].isna().tolist() == [False, False, True]
