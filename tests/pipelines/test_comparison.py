"""What the comparison reads out of predictions, by numbers worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.methods import METHODS
from logit_adjustment_kedro.pipelines.comparison.assess import (
    assess_trained,
    best_tau,
    posthoc_node,
)
from logit_adjustment_kedro.pipelines.comparison.params import Comparison, Groups
from logit_adjustment_kedro.pipelines.comparison.tables import method_table, tau_table
from logit_adjustment_kedro.pipelines.modeling.params import Methods
from logit_adjustment_kedro.pipelines.modeling.tables import predictions_table

COUNTS = np.array([90, 9, 1])
CLASS_COUNTS = pd.DataFrame(
    {"label": range(3), "class_name": ["a", "b", "c"], "count": COUNTS}
)
PARAMETERS = Methods.model_validate(dict.fromkeys(METHODS, {}))
COMPARISON = Comparison.model_validate(
    {
        "dataset": "cifar10_lt",
        "groups": {"by": "rank", "head": 1, "tail": 3},
        "tau_max": 4.0,
        "tau_steps": 8,
    }
)
PUBLISHED = pd.DataFrame(
    {
        "dataset": ["cifar10_lt", "cifar10_lt", "other"],
        "method": ["erm", "posthoc_logit_adjusted", "erm"],
        "choice": ["fixed", "oracle", "fixed"],
        "tau": np.nan,
        "balanced_error": [27.16, 19.08, 1.0],
        "source": "a paper",
    }
)
LABELS = np.array([0, 0, 1, 1, 2, 2])
HISTORY = pd.DataFrame({"seed": 0, "epoch": [1, 2], "test_accuracy": [0.1, 0.2]})


def predictions_of(answers, view="plain"):
    """Predictions in which, seed by seed, these classes win by one nat."""
    logits = {seed: np.eye(3, dtype="float32")[a] for seed, a in answers.items()}
    tables = [predictions_table(s, view, LABELS, z) for s, z in logits.items()]
    return pd.concat(tables, ignore_index=True)


def classifier_of(seeds, weight_norm=(1, 1, 1)):
    one = {"label": range(3), "count": COUNTS, "weight_norm": weight_norm, "bias": 0.0}
    return pd.concat([pd.DataFrame(one | {"seed": seed}) for seed in seeds])


def trainings_of(seeds, setup="same", tau=np.nan):
    rows = {"epochs": 2, "samples_seen": 200, "weights": 30, "training_seconds": 1.5}
    return pd.DataFrame({"seed": list(seeds), "tau": tau, **rows, "setup": setup})


def trained(answers, setup="same", tau=np.nan):
    return assess_trained(
        predictions_of(answers),
        HISTORY,
        classifier_of(answers),
        trainings_of(answers, setup, tau),
    )


def posthoc(answers, held_out=None, name="posthoc_logit_adjusted"):
    nothing = predictions_of({0: [0] * 6}).iloc[:0]
    return posthoc_node(name)(
        predictions_of(answers),
        classifier_of(answers),
        nothing if held_out is None else predictions_of(held_out),
        classifier_of(held_out or answers),
        PARAMETERS,
        COMPARISON,
    )


def tabulate(results):
    return method_table(results, CLASS_COUNTS, COMPARISON, PUBLISHED)


def test_measures_by_hand():
    # Seed 0 names 6, 2 and 0 sixths... of each class: 2 of 2, 1 of 2, 0 of 2.
    table = tabulate({"erm": trained({0: [0, 0, 1, 0, 0, 0]})})
    (row,) = table.to_dict("records")
    assert row["accuracy"] == row["head"] / 2 == 0.5
    assert (row["head"], row["medium"], row["tail"]) == (1.0, 0.5, 0.0)
    assert row["balanced_error"] == pytest.approx(0.5)
    assert (row["worst_class"], row["harmonic_mean"]) == (0.0, 0.0)
    # All logits win by one nat: the confidence is e / (e + 2), the accuracy a half.
    assert row["calibration_error"] == pytest.approx(math.e / (math.e + 2) - 0.5)
    assert (row["epochs"], row["samples_seen"], row["weights"]) == (2, 200, 30)
    assert row["training_seconds"] == 1.5
    assert row["published_balanced_error"] == pytest.approx(0.2716)
    assert (row["tau_choice"], row["published_source"]) == ("fixed", "a paper")
    assert math.isnan(row["tau"])
    assert math.isnan(row["balanced_error_low"])


def test_the_worst_class_is_that_of_any_group():
    table = tabulate({"erm": trained({0: [2, 2, 1, 0, 2, 2]})})
    assert table["worst_class"].item() == table["head"].item() == 0.0
    assert table["tail"].item() == 1.0


def test_an_interval_ends_where_an_error_does():
    table = tabulate({"erm": trained({0: LABELS, 1: [0] * 6})})
    assert table["balanced_error_low"].item() == 0.0
    assert table["balanced_error_high"].item() == 1.0


@pytest.mark.parametrize(("tau", "published"), [(1.0, 0.2233), (3.0, None)])
def test_a_published_figure_stands_beside_the_same_tau_alone(tau, published):
    figures = PUBLISHED.assign(tau=1.0).replace({"method": {"erm": "logit_adjusted"}})
    figures["balanced_error"] = 22.33
    results = {"logit_adjusted": trained({0: LABELS}, tau=tau)}
    table = method_table(results, CLASS_COUNTS, COMPARISON, figures)
    assert table["tau"].item() == tau
    shown = table["published_balanced_error"].item()
    assert math.isnan(shown) if published is None else shown == pytest.approx(published)


def test_the_interval_is_students_over_the_seeds():
    two_wrong, one_wrong = [0, 0, 1, 0, 2, 0], [0, 0, 1, 1, 2, 0]
    table = tabulate({"erm": trained({0: two_wrong, 1: one_wrong, 2: two_wrong})})
    (row,) = table.to_dict("records")
    errors = np.array([1 / 3, 1 / 6, 1 / 3])
    assert row["n_seeds"] == 3
    assert row["balanced_error"] == pytest.approx(5 / 18)
    assert row["balanced_error_std"] == pytest.approx(errors.std(ddof=1))
    half_width = t.ppf(0.975, 2) * errors.std(ddof=1) / math.sqrt(3)
    assert row["balanced_error_low"] == pytest.approx(5 / 18 - half_width)
    assert row["balanced_error_high"] == pytest.approx(5 / 18 + half_width)


def test_a_balanced_error_weighs_classes_where_accuracy_weighs_images():
    unbalanced = predictions_table(
        0, "plain", np.array([0, 0, 0, 1]), np.eye(3, dtype="float32")[[0, 0, 0, 0]]
    )
    result = assess_trained(unbalanced, HISTORY, classifier_of([0]), trainings_of([0]))
    (row,) = tabulate({"erm": result}).to_dict("records")
    assert (row["accuracy"], row["balanced_error"]) == (0.75, 0.5)
    assert math.isnan(row["tail"])


def test_a_mirrored_view_stands_beside():
    both = pd.concat(
        [predictions_of({0: LABELS}), predictions_of({0: [0] * 6}, "mirrored")]
    )
    result = assess_trained(both, HISTORY, classifier_of([0]), trainings_of([0]))
    (row,) = tabulate({"erm": result}).to_dict("records")
    assert row["accuracy"] == 1.0
    assert row["mirrored_accuracy"] == pytest.approx(1 / 3)


def unsure_of_the_tail(margins):
    """Predictions that are sure of classes a and b, and take c for a, by so much."""
    tables = []
    for seed, margin in margins.items():
        logits = 100 * np.eye(3, dtype="float32")[[0, 0, 1, 1, 0, 0]]
        logits[4:, 0] = margin
        tables.append(predictions_table(seed, "plain", LABELS, logits))
    return pd.concat(tables, ignore_index=True)


def test_tau_is_chosen_held_out_and_by_the_oracle_for_each_seed():
    less = classifier_of([3, 7]).replace({"count": {90: 40}})
    result = posthoc_node("posthoc_logit_adjusted")(
        unsure_of_the_tail({3: 14, 7: 3}),
        classifier_of([3, 7]),
        unsure_of_the_tail({3: 6, 7: 10}),
        less,
        PARAMETERS,
        COMPARISON,
    )
    # c wins once tau * log(n_a / n_c) is more than the margin: of 90 images, from
    # 14 / 4.5 and 3 / 4.5 on; of 40, from 6 / 3.7 and 10 / 3.7 on. Then all are right.
    chosen = {(r.seed, r.choice): r.tau for r in result.readings}
    assert chosen == {
        **{(3, "fixed"): 1.0, (3, "held-out"): 2.0, (3, "oracle"): 3.5},
        **{(7, "fixed"): 1.0, (7, "held-out"): 3.0, (7, "oracle"): 1.0},
    }
    results = {
        "erm": trained({3: LABELS, 7: LABELS}),
        "posthoc_logit_adjusted": result,
    }
    table = tabulate(results).set_index(["method", "tau_choice"])
    rows = table.loc["posthoc_logit_adjusted"]
    assert rows.index.tolist() == ["fixed", "held-out", "oracle"]
    assert rows["tau"].tolist() == [1.0, 2.5, 2.25]
    # Of two seeds, one is wrong on c at 1, and one at the tau that was held out for it.
    assert rows["balanced_error"].tolist() == pytest.approx([1 / 6, 1 / 6, 0])
    assert rows.loc["oracle", "published_balanced_error"] == pytest.approx(0.1908)
    assert rows["published_source"].isna().tolist() == [True, True, False]
    assert rows["training_seconds"].tolist() == [1.5] * 3


def test_images_held_out_of_other_seeds_choose_no_tau():
    with pytest.raises(InputError, match="different seeds: test set .*, held-out"):
        posthoc({0: LABELS, 1: LABELS}, {0: LABELS})


def test_without_images_held_out_there_is_no_such_row():
    results = {"erm": trained({0: LABELS})}
    results["weight_normalised"] = posthoc({0: LABELS}, name="weight_normalised")
    choices = tabulate(results).set_index("method")["tau_choice"]
    assert choices["weight_normalised"].tolist() == ["fixed", "oracle"]


def test_the_sweep_is_each_adjustment_on_its_own():
    logits = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    predictions = predictions_table(0, "plain", LABELS, logits)
    sweep = posthoc_node("posthoc_logit_adjusted")(
        predictions,
        classifier_of([0]),
        predictions.iloc[:0],
        classifier_of([0]).iloc[:0],
        PARAMETERS,
        COMPARISON,
    ).sweep
    assert sweep.taus.tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]
    for tau, accuracies in zip(sweep.taus, sweep.test[0], strict=True):
        named = adjust_logits(logits, COUNTS, tau).argmax(axis=1)
        expected = (named == LABELS).reshape(3, 2).mean(axis=1)
        np.testing.assert_array_equal(accuracies, expected)


def test_the_best_tau_is_the_closest_to_1_of_several():
    accuracies = np.array([[0.2, np.nan], [0.8, np.nan], [0.8, np.nan], [0.1, np.nan]])
    assert best_tau(np.array([0.0, 0.5, 1.2, 3.0]), accuracies) == 1.2


def test_the_tau_table_tells_overall_groups_and_classes():
    results = {"erm": trained({0: LABELS})}
    results["posthoc_logit_adjusted"] = posthoc({0: [0, 0, 1, 0, 0, 0]})
    table = tau_table(results, CLASS_COUNTS, COMPARISON)
    assert len(table) == 9 * (1 + 3 + 3)
    at_0 = table[table["tau"] == 0].set_index("name")["accuracy"]
    assert at_0.to_dict() == pytest.approx(
        {"overall": 0.5, "head": 1, "medium": 0.5, "tail": 0, "a": 1, "b": 0.5, "c": 0}
    )


@pytest.mark.parametrize(
    ("setup", "seeds", "told"),
    [("other", [0], "data or recipes"), ("same", [0, 1], "seeds")],
)
def test_methods_trained_differently_are_not_compared(setup, seeds, told):
    results = {
        "erm": trained({0: LABELS}),
        "vs": trained(dict.fromkeys(seeds, LABELS), setup),
    }
    with pytest.raises(InputError, match=f"different {told}: erm .*, vs "):
        tabulate(results)


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


@pytest.mark.parametrize(
    "groups",
    [{"by": "rank", "head": 5, "tail": 5}, {"by": "count", "head": 5, "tail": 6}],
)
def test_groups_that_share_a_class_are_refused(groups):
    with pytest.raises(ValueError, match="leave no class in both"):
        Groups.model_validate(groups)
