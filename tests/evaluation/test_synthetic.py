"""The trials on two Gaussians, and the table of them."""

import pandas as pd
import pytest

from logit_adjustment_kedro.evaluation.synthetic import (
    RULE_TITLES,
    Synthetic,
    first_trial,
    synthetic_table,
    synthetic_trials,
)
from logit_adjustment_kedro.longtail.gaussians import BAYES_ERROR, balanced_error

PARAMETERS = {
    "trials": 4,
    "train_points": 10_000,
    "test_points": 10_000,
    "positive_share": 0.05,
    "max_tau": 2.0,
    "tau_steps": 4,
    "seed": 0,
}
TAUS = [0, 0.5, 1, 1.5, 2]
TAU_METHODS = [
    "weight_normalised_bias_dropped",
    "weight_normalised_bias_normalised",
    "weight_normalised_bias_kept",
    "posthoc_logit_adjusted",
    "logit_adjusted",
]
NEARLY_BAYES = ["weight_normalised_bias_dropped", *TAU_METHODS[3:]]


def table_of(**changed) -> pd.DataFrame:
    return synthetic_table(synthetic_trials(Synthetic(**(PARAMETERS | changed))))


@pytest.fixture(scope="module")
def table():
    return table_of()


def test_one_row_a_method_and_tau(table):
    assert table.columns.tolist() == [
        "method",
        "tau",
        "balanced_error",
        "balanced_error_std",
        "empirical_error",
        "empirical_error_std",
        "trials",
        "positive_share",
    ]
    rows = list(table[["method", "tau"]].itertuples(index=False, name=None))
    assert rows == [("erm", 0), *((m, tau) for m in TAU_METHODS for tau in TAUS)]
    assert set(table["method"]) == set(RULE_TITLES)
    assert (table["trials"] == 4).all()


@pytest.mark.parametrize("method", NEARLY_BAYES)
def test_at_tau_1_a_method_is_nearly_bayes(table, method):
    (row,) = table[(table["method"] == method) & (table["tau"] == 1)].itertuples()
    assert BAYES_ERROR < row.balanced_error < BAYES_ERROR + 0.0005
    assert row.empirical_error == pytest.approx(BAYES_ERROR, abs=0.015)


def test_erm_is_far_from_bayes_and_tau_too_small_or_large_is_too(table):
    errors = table.set_index(["method", "tau"])["balanced_error"]
    assert errors["erm", 0] == pytest.approx(0.181, abs=0.01)
    for method in ("posthoc_logit_adjusted", "logit_adjusted"):
        assert errors[method, 0] == errors["erm", 0]
        assert errors[method, 2] == pytest.approx(0.181, abs=0.015)
        assert errors[method].idxmin() == 1
    assert errors["weight_normalised_bias_dropped"].max() < BAYES_ERROR + 0.0005


def test_weight_normalisation_helps_only_where_the_bias_is_dropped(table):
    errors = table.set_index(["method", "tau"])["balanced_error"]
    erm = errors["erm", 0]
    assert errors["weight_normalised_bias_dropped", 1] == pytest.approx(0.079, abs=5e-4)
    normalised = errors["weight_normalised_bias_normalised"]
    assert normalised.tolist() == pytest.approx([erm] * len(TAUS), rel=1e-12)
    kept = errors["weight_normalised_bias_kept"]
    assert kept[0] == pytest.approx(erm, rel=1e-12)
    assert kept[1] == pytest.approx(0.2625, abs=0.015)
    assert kept.is_monotonic_increasing


def test_the_test_points_agree_with_the_exact_error(table):
    difference = table["empirical_error"] - table["balanced_error"]
    assert difference.abs().between(1e-6, 0.02).all()
    at_1 = table[(table["tau"] == 1) & table["method"].isin(NEARLY_BAYES)]
    assert (at_1["empirical_error_std"] > 10 * at_1["balanced_error_std"]).all()


def test_rules_are_tested_on_points_of_their_own(table):
    fewer = table_of(test_points=5000)
    assert fewer["balanced_error"].equals(table["balanced_error"])
    assert (fewer["empirical_error"] != table["empirical_error"]).all()


def test_trials_differ_and_the_seed_says_how(table):
    assert (table["balanced_error_std"] > 1e-6).all()
    again = table_of(trials=2)
    assert again.equals(table_of(trials=2))
    assert not again.equals(table_of(trials=2, seed=1))


def test_the_spread_by_hand():
    trials = synthetic_trials(Synthetic(**PARAMETERS | {"trials": 2}))
    erm = trials[trials["method"] == "erm"]
    first, second = erm["balanced_error"]
    row = synthetic_table(trials).iloc[0]
    assert row["balanced_error"] == pytest.approx((first + second) / 2)
    assert row["balanced_error_std"] == pytest.approx(abs(first - second) / 2**0.5)


def test_the_first_trial_is_that_of_the_table():
    points, rules = first_trial(Synthetic(**PARAMETERS), tau=1.0)

    assert points.columns.tolist() == ["x1", "x2", "label"]
    assert len(points) == PARAMETERS["train_points"]
    assert points["label"].mean() == pytest.approx(0.05, abs=0.01)
    assert rules["method"].tolist() == ["erm", *TAU_METHODS]
    assert rules["tau"].tolist() == [0, 1, 1, 1, 1, 1]
    errors = balanced_error(rules[["w1", "w2", "b"]].to_numpy())
    trials = synthetic_trials(Synthetic(**PARAMETERS | {"trials": 2}))
    first = trials[trials["trial"] == 0].set_index(["method", "tau"])["balanced_error"]
    keys = rules[["method", "tau"]].itertuples(index=False, name=None)
    assert [first[key] for key in keys] == pytest.approx(errors, rel=1e-12)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("trials", 1),
        ("train_points", 999),
        ("test_points", 999),
        ("positive_share", 0.001),
        ("positive_share", 1.0),
        ("max_tau", 0.0),
        ("tau_steps", 0),
        ("seed", -1),
    ],
)
def test_wrong_parameters_are_refused(key, value):
    with pytest.raises(ValueError, match=rf"^{key}: .* Received: {value}"):
        Synthetic.model_validate(PARAMETERS | {key: value})
