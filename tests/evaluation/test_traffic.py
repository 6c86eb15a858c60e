"""Other mixes of classes than that of the test set."""

import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.evaluation import Predictions, read_predictions
from logit_adjustment_kedro.evaluation.network import Network
from logit_adjustment_kedro.evaluation.traffic import (
    EXPONENTS,
    traffic_rows,
    traffic_table,
)
from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.methods import METHODS, LastLayer, Methods
from logit_adjustment_kedro.runs import Part, View

COUNTS = np.array([80, 15, 5])
LABELS = np.repeat([0, 1, 2], [10, 20, 30])
ADJUSTED = "posthoc_logit_adjusted"


@pytest.fixture
def logits():
    noise = np.random.default_rng(0).normal(size=(60, 3))
    return (noise + np.eye(3)[LABELS] + np.log(COUNTS / 100)).astype("float32")


@pytest.fixture
def table(logits):
    readings = read_predictions(Predictions.of({"net": logits}, LABELS, COUNTS))
    return traffic_table(readings)


def right_in(logits, shares):
    """The accuracy in a mix, class by class."""
    right = logits.argmax(axis=1) == LABELS
    return sum(share * right[y == LABELS].mean() for y, share in enumerate(shares))


@pytest.mark.parametrize("s", EXPONENTS)
def test_a_model_is_moved_to_the_mix_and_measured_there(table, logits, s):
    shares = COUNTS.astype(float) ** s / (COUNTS.astype(float) ** s).sum()
    rows = table[np.isclose(table["exponent"], s)].set_index("method")
    plain, adjusted = rows.loc["net"], rows.loc[f"net.{ADJUSTED}"]
    assert plain["accuracy"] == pytest.approx(right_in(logits, shares))
    moved = adjust_logits(logits, COUNTS, target_prior=shares)
    assert adjusted["accuracy"] == pytest.approx(right_in(moved, shares))
    gain = adjusted["accuracy"] - plain["accuracy"]
    assert adjusted["gain"] == pytest.approx(gain)
    assert np.isnan(plain["gain"])


def test_the_mix_of_the_test_set_counts_all_of_its_images(table, logits):
    rows = table[table["mix"] == "test"].set_index("method")
    plain = rows.loc["net"]
    assert plain["accuracy"] == pytest.approx((logits.argmax(axis=1) == LABELS).mean())
    assert plain["images"] == pytest.approx(60)
    moved = adjust_logits(logits, COUNTS, target_prior=np.array([10, 20, 30]) / 60)
    expected = (moved.argmax(axis=1) == LABELS).mean()
    assert rows.loc[f"net.{ADJUSTED}", "accuracy"] == pytest.approx(expected)


def test_in_the_training_mix_nothing_is_gained(table):
    rows = table[table["mix"] == "train"].set_index("method")
    assert rows.loc[f"net.{ADJUSTED}", "gain"] == 0


def test_named_mixes_are_on_the_line_and_beside_it(table):
    named = table.dropna(subset="mix").drop_duplicates("mix")
    assert named["mix"].tolist() == ["train", "uniform", "reverse", "test"]
    assert named["exponent"].tolist()[:3] == [1, 0, -1]


def of_registry(name, logits):
    """Accuracies by method and mix of a network that was trained here."""
    methods = Methods()
    method = getattr(methods, name)
    network = Network(
        name=name,
        method=method,
        adjusting={m.name: m for m in methods.adjusting(name)},
        seed=0,
        logits={(Part.TEST, View.PLAIN): logits},
        labels={Part.TEST: LABELS},
        last_layer=LastLayer(COUNTS, np.ones(3), np.zeros(3)),
    )
    rows = pd.DataFrame(traffic_rows(network, COUNTS)).dropna(subset="mix")
    return rows.set_index(["method", "mix"])["accuracy"]


def test_erm_is_what_its_adjusted_logits_are_compared_with(logits):
    accuracies = of_registry("erm", logits)
    assert accuracies["erm", "uniform"] == pytest.approx(right_in(logits, [1 / 3] * 3))
    adjusted = right_in(adjust_logits(logits, COUNTS), [1 / 3] * 3)
    assert accuracies[ADJUSTED, "uniform"] == pytest.approx(adjusted)


@pytest.mark.parametrize("name", ["balanced", "logit_adjusted", "class_balanced"])
def test_a_method_whose_logits_are_for_a_mix_is_moved_from_there(name, logits):
    prior = METHODS[name]().prior(COUNTS)
    reverse = 1 / COUNTS / (1 / COUNTS).sum()
    moved = adjust_logits(logits, prior, target_prior=reverse)
    accuracies = of_registry(name, logits)
    assert accuracies[name, "reverse"] == pytest.approx(right_in(moved, reverse))


@pytest.mark.parametrize("name", ["vs", "equalised", "adaptive"])
def test_a_method_whose_logits_are_for_none_is_taken_as_it_is(name, logits):
    reverse = 1 / COUNTS / (1 / COUNTS).sum()
    accuracies = of_registry(name, logits)
    assert accuracies[name, "reverse"] == pytest.approx(right_in(logits, reverse))


def test_a_class_without_test_images_does_not_count(logits):
    known = LABELS != 2
    readings = read_predictions(
        Predictions.of({"net": logits[known]}, LABELS[known], COUNTS)
    )
    row = traffic_table(readings).query("method == 'net' and mix == 'train'")
    right = logits[known].argmax(axis=1) == LABELS[known]
    by_class = [right[LABELS[known] == y].mean() for y in (0, 1)]
    expected = np.average(by_class, weights=[80, 15])
    assert row["accuracy"].item() == pytest.approx(expected)
