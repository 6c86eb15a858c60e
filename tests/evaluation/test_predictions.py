"""Predictions from elsewhere: what they may be, and what is read out of them."""

import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.evaluation import (
    Choice,
    Model,
    Predictions,
    read_predictions,
)
from logit_adjustment_kedro.evaluation.tables import method_table, tau_table
from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.metrics import confusion_matrix
from logit_adjustment_kedro.runs import Part

COUNTS = np.array([80, 15, 5])
PRIOR = COUNTS / 100
LABELS = np.repeat([0, 1, 2], 20)
UNIFORM = np.full(3, 1 / 3)
ADJUSTED = "posthoc_logit_adjusted"


def noisy(seed=0):
    """Logits that know the labels a little, and prefer frequent classes."""
    noise = np.random.default_rng(seed).normal(size=(60, 3))
    return (noise + 1.5 * np.eye(3)[LABELS] + np.log(PRIOR)).astype("float32")


def model(name="net", seed=0, prior=PRIOR, validation=False, **changes):
    logits = {Part.TEST: noisy(seed)}
    labels = {Part.TEST: LABELS}
    if validation:
        logits[Part.VALIDATION] = noisy(seed + 100)
        labels[Part.VALIDATION] = LABELS
    given = {"logits": logits, "labels": labels} | changes
    return Model(name, seed, prior, **given)


def predictions(*models):
    return Predictions(["cat", "dog", "owl"], COUNTS, models)


def test_a_model_is_read_as_it_is_and_adjusted():
    readings = read_predictions(predictions(model()))
    fixed = readings.of(choice=Choice.FIXED)
    assert fixed["method"].tolist() == ["net", f"net.{ADJUSTED}"]
    for row, logits in zip(
        fixed.index, [noisy(), adjust_logits(noisy(), COUNTS)], strict=True
    ):
        expected = confusion_matrix(logits, LABELS)
        np.testing.assert_array_equal(readings.confusions[row], expected)
    assert readings.titles == {"net": "net", f"net.{ADJUSTED}": "net, adjusted"}
    assert readings.adjusts == {f"net.{ADJUSTED}": "net"}


def test_logits_for_the_uniform_mix_are_not_adjusted_again():
    uniform = model("fair", prior=UNIFORM)
    readings = read_predictions(predictions(model(), uniform))
    assert readings.methods["method"].tolist() == ["net", f"net.{ADJUSTED}", "fair"]


def test_logits_are_adjusted_from_the_prior_that_they_are_for():
    half_way = np.array([0.5, 0.3, 0.2])
    readings = read_predictions(predictions(model(prior=half_way)))
    row = readings.of(choice=Choice.FIXED).index[1]
    expected = confusion_matrix(adjust_logits(noisy(), half_way), LABELS)
    np.testing.assert_array_equal(readings.confusions[row], expected)


def test_tau_is_chosen_on_validation_images_if_there_are_any():
    readings = read_predictions(predictions(model(validation=True)))
    assert {*readings.answers["choice"]} == {"fixed", "validation", "oracle for all"}
    assert {*read_predictions(predictions(model())).answers["choice"]} == {
        *("fixed", "oracle for all")
    }


def test_seeds_of_a_model_are_one_row_with_an_interval():
    several = read_predictions(predictions(*(model(seed=seed) for seed in range(3))))
    table = method_table(several).set_index(["method", "tau_choice"])
    row = table.loc[("net", "fixed")]
    right = [np.mean(noisy(seed).argmax(axis=1) == LABELS) for seed in range(3)]
    assert row["accuracy"] == pytest.approx(np.mean(right))
    assert row["n_seeds"] == 3
    assert row["balanced_error_low"] < row["balanced_error"]
    assert "training_seconds" not in table
    at_0 = tau_table(several).query("tau == 0 and kind == 'overall'")
    assert at_0["accuracy"].item() == pytest.approx(np.mean(right))


def test_a_notebook_needs_arrays_alone():
    made = Predictions.of({"net": noisy(), "other": noisy(1)}, LABELS, COUNTS)
    table = method_table(read_predictions(made))
    assert table["method"].unique().tolist() == [
        *("net", f"net.{ADJUSTED}", "other", f"other.{ADJUSTED}")
    ]
    assert made.class_names == ["0", "1", "2"]


def test_class_counts_that_are_a_series_are_read_by_its_index():
    counts = pd.Series({1: 15, 0: 80, 2: 5})
    made = Predictions.of({"net": noisy()}, LABELS, counts, np.array(["a", "b", "c"]))
    assert made.counts["count"].tolist() == [80, 15, 5]
    assert made.counts["class_name"].tolist() == ["a", "b", "c"]
    np.testing.assert_allclose(made.models[0].prior, PRIOR)


def test_logits_come_by_the_names_of_models():
    with pytest.raises(InputError, match="by the names of models.* Received: ndarray"):
        Predictions.of(noisy(), LABELS, COUNTS)
    made = Predictions.of({1: noisy()}, LABELS, COUNTS)
    assert [model.name for model in made.models] == ["1"]


def test_the_table_of_seeds_with_validation_images_has_all_of_them():
    models = [model(seed=seed, validation=True) for seed in (3, 5)]
    table = method_table(read_predictions(predictions(*models)))
    assert (table["n_seeds"] == 2).all()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"prior": np.array([0.5, 0.5, 0])}, "prior of net, seed 0 to leave no class"),
        ({"prior": np.array([0.5, 0.4, 0])}, "prior of net, seed 0 to have shares"),
        ({"labels": {}}, "same parts of net, seed 0. Received: test, and $"),
        (
            {"labels": {Part.TEST: LABELS, Part.VALIDATION: LABELS}},
            "Received: test, and test, validation",
        ),
    ],
)
def test_what_is_no_model_is_refused(changes, told):
    with pytest.raises(InputError, match=told):
        model(**changes)


SOFTMAX = np.full((60, 3), [0.7, 0.2, 0.1])
BROKEN = np.where(np.arange(60)[:, None] == 7, np.nan, noisy())


@pytest.mark.parametrize(
    ("test", "told"),
    [
        (
            SOFTMAX,
            r"Expected logits of net, seed 0 \(test\). Received: .*probabilities",
        ),
        (SOFTMAX.round(1), "probabilities"),
        (1 / (1 + np.exp(-noisy())), "numbers from 0 to 1 alone, which are probabilit"),
        (BROKEN, r"finite logits of net, seed 0 \(test\). Received: row 7: \[nan"),
        (noisy()[:, :2], "one logit for each of 3 classes"),
        (noisy().astype(int), "floating logits .*dtype=int64"),
        (noisy()[0], r"shape \[N, L\] of net.* shape=\(3,\)"),
        (noisy()[:0], r"Received: shape=\(0, 3\)"),
        (noisy()[:50], r"labels of net, seed 0 \(test\) to be integers of shape \(50"),
    ],
)
def test_what_are_no_logits_is_refused(test, told):
    with pytest.raises(InputError, match=told):
        model(logits={Part.TEST: test})


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (np.eye(3)[LABELS], r"integers of shape \(60,\). Received: shape=\(60, 3\)"),
        (LABELS + 1, r"from 0 to 2. Received: labels of net, seed 0 \(test\)\[40\]=3"),
        (LABELS.astype(float), "dtype=float64"),
    ],
)
def test_what_are_no_labels_is_refused(labels, told):
    with pytest.raises(InputError, match=told):
        model(labels={Part.TEST: labels})


@pytest.mark.parametrize(
    ("models", "told"),
    [
        ([], "at least one model"),
        ([model(), model()], r"each seed once. Received: \[0, 0\] of net"),
        (
            [model(seed=0, validation=True), model(seed=1)],
            "parts of all seeds of net. Received: test, validation of seed 0, and test",
        ),
        ([model(), model(seed=1, prior=UNIFORM)], "one prior of all seeds of net"),
        (
            [model(), model(f"net.{ADJUSTED}")],
            "than net.posthoc_logit",
        ),
        (
            [model(), model("net, adjusted")],
            "than net, adjusted, which",
        ),
        (
            [model(), model("b", labels={Part.TEST: LABELS[::-1]})],
            "same order. Received: other labels of b, seed 0 than of net, seed 0",
        ),
        ([model(prior=UNIFORM)], "at least one model to adjust"),
    ],
)
def test_what_does_not_belong_together_is_refused(models, told):
    with pytest.raises(InputError, match=told):
        predictions(*models)


@pytest.mark.parametrize(
    ("names", "counts", "told"),
    [
        (["cat", "cat", "owl"], COUNTS, "a name of its own for each of 3 classes"),
        (["cat", "dog"], COUNTS, "for each of 3 classes"),
        (["cat", "dog", "owl"], [5, 5, 0], r"class_counts\[2\]=0"),
        (["cat", "dog"], [5, 5], "for each of 2 classes. Received: 3 of net"),
    ],
)
def test_classes_that_are_not_those_of_the_logits_are_refused(names, counts, told):
    with pytest.raises(InputError, match=told):
        Predictions(names, np.array(counts), [model()])
