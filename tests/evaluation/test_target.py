"""The mix of classes that methods are to predict, and are measured on."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.evaluation import (
    Comparison,
    Model,
    Predictions,
    Readings,
    read_predictions,
)
from logit_adjustment_kedro.evaluation.read import BY_DEFAULT
from logit_adjustment_kedro.evaluation.readings import Choice
from logit_adjustment_kedro.evaluation.tables import accuracy_table, method_table
from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.calibration import (
    calibration_bins,
    calibration_error,
)
from logit_adjustment_kedro.longtail.metrics import confusion_matrix
from logit_adjustment_kedro.longtail.mixes import accuracy_in_mix
from logit_adjustment_kedro.runs import Part

COUNTS = np.array([80, 15, 5])
LABELS = np.repeat([0, 1, 2], [60, 40, 20])
ADJUSTED = "net.posthoc_logit_adjusted"
MINE = {"0": 0.1, "1": 0.2, "2": 0.7}


@pytest.fixture
def logits():
    noise = np.random.default_rng(0).normal(size=(len(LABELS), 3))
    return noise + 1.5 * np.eye(3)[LABELS] + np.log(COUNTS / COUNTS.sum())


def reading(logits, target, labels=LABELS, **parts) -> Readings:
    predictions = Predictions.of({"net": logits}, labels, COUNTS)
    return read_predictions(predictions, asking_for(target))


def asking_for(target):
    return BY_DEFAULT | {
        "comparison": BY_DEFAULT["comparison"] | {"target_prior": target}
    }


def test_names_of_classes_may_be_numbers_and_then_are_in_yaml(logits):
    expected = reading(logits, MINE).target
    by_number = {int(name): share for name, share in MINE.items()}
    pd.testing.assert_frame_equal(reading(logits, by_number).target, expected)


def test_equal_shares_are_the_uniform_mix_however_they_are_written(logits):
    readings = reading(logits, dict.fromkeys(["0", "1", "2"], 1 / 3))
    expected = method_table(reading(logits, "uniform"))
    pd.testing.assert_frame_equal(method_table(readings), expected)


@pytest.mark.parametrize(
    ("target", "shares"),
    [
        ("uniform", [1 / 3, 1 / 3, 1 / 3]),
        ("train", [0.8, 0.15, 0.05]),
        ("test", [1 / 2, 1 / 3, 1 / 6]),
        (MINE, [0.1, 0.2, 0.7]),
        ({"2": 1.0, "0": 0.0, "1": 0.0}, [0, 0, 1]),
    ],
)
def test_the_shares_are_those_that_were_asked_for(logits, target, shares):
    readings = reading(logits, target)
    np.testing.assert_allclose(readings.target_shares, shares)
    assert readings.target["standard_error"].isna().all()


def test_adjusted_logits_are_moved_to_the_mix_and_measured_there(logits):
    shares = np.array([0.1, 0.2, 0.7])
    table = method_table(reading(logits, MINE)).set_index(["method", "tau_choice"])
    moved = adjust_logits(logits, COUNTS, target_prior=shares)
    for name, answers in (("net", logits), (ADJUSTED, moved)):
        row = table.loc[name, "fixed"]
        confusion = confusion_matrix(answers, LABELS)
        accuracy = accuracy_in_mix(confusion, shares)
        assert row["target_error"] == pytest.approx(1 - accuracy)
        weights = (shares / [60, 40, 20] * 120)[LABELS]
        bins = calibration_bins(answers, LABELS, weights=weights)
        assert row["calibration_error"] == pytest.approx(calibration_error(bins))


def test_of_a_uniform_mix_nothing_is_told_twice(logits):
    readings = reading(logits, "uniform")
    assert not method_table(readings).filter(like="target").columns.size
    assert not accuracy_table(readings).filter(like="target").columns.size


def test_table_1_begins_with_the_accuracy_in_the_mix(logits):
    table = accuracy_table(reading(logits, MINE))
    assert [*table.columns[:2]] == ["method", "target_accuracy"]


def test_tau_is_chosen_for_the_mix(logits):
    """The oracle beats every tau of the grid there, and not in the uniform mix."""
    readings = reading(logits, MINE)
    chosen = readings.of(choice=Choice.ORACLE)["tau"].item()
    errors = {
        tau: 1
        - accuracy_in_mix(
            confusion_matrix(
                adjust_logits(logits, COUNTS, tau, [0.1, 0.2, 0.7]), LABELS
            ),
            np.array([0.1, 0.2, 0.7]),
        )
        for tau in readings.comparison.taus()
    }
    assert errors[chosen] == min(errors.values())
    assert errors[chosen] < max(errors.values())


def test_a_model_for_a_uniform_mix_is_moved_from_there(logits):
    """It has no adjusted logits beside it, so its own are moved."""
    uniform, train = np.full(3, 1 / 3), COUNTS / COUNTS.sum()
    balanced = adjust_logits(logits, COUNTS)
    models = [
        Model("net", 0, train, {Part.TEST: logits}, {Part.TEST: LABELS}),
        Model("other", 0, uniform, {Part.TEST: balanced}, {Part.TEST: LABELS}),
    ]
    predictions = Predictions(["0", "1", "2"], COUNTS, models)
    table = method_table(read_predictions(predictions, asking_for(MINE)))
    errors = table[table["tau_choice"] == "fixed"].set_index("method")["target_error"]
    assert errors["other"] == pytest.approx(errors[ADJUSTED])
    assert errors["other"] < errors["net"]


def test_a_class_that_is_not_there_is_never_predicted(logits):
    readings = reading(logits, {"0": 0.6, "1": 0.4, "2": 0})
    confusion = readings.confusions[readings.of(choice=Choice.FIXED).index[1]]
    assert confusion[:, 2].sum() == 0 < confusion[2].sum()
    row = method_table(readings).set_index("method").loc[ADJUSTED].iloc[0]
    right = confusion.diagonal() / confusion.sum(axis=1)
    assert row["target_error"] == pytest.approx(1 - right @ [0.6, 0.4, 0])


def test_the_mix_of_the_test_images_is_estimated_without_their_labels():
    """Drawn from Gaussians whose probabilities are known, in a mix of their own."""
    random, mix = np.random.default_rng(0), np.array([0.2, 0.3, 0.5])
    labels = random.choice(3, size=4000, p=mix)
    points = random.normal(size=(4000, 3)) + 2 * np.eye(3)[labels]
    logits = 2 * points + np.log(COUNTS / COUNTS.sum())
    target = reading(logits, "estimated", labels).target
    off = (target["share"] - mix) / target["standard_error"]
    assert off.abs().max() < 3
    assert target["standard_error"].between(0.001, 0.02).all()


def test_shares_are_read_from_a_file(tmp_path, logits, monkeypatch):
    (tmp_path / "mine.csv").write_text("class_name,share\n2,0.7\n0,0.1\n1,0.2\n")
    expected = reading(logits, MINE)
    read = reading(logits, str(tmp_path / "mine.csv"))
    pd.testing.assert_frame_equal(read.target, expected.target)
    monkeypatch.chdir(tmp_path)  # a relative path starts where the command is typed
    pd.testing.assert_frame_equal(reading(logits, "mine.csv").target, expected.target)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ({"0": 0.5, "1": 0.4, "2": 0.2}, "sum to 1. Received: sum=1.1"),
        ({"0": 0.5, "1": 0.5}, "each of 3 classes, once. Received: missing: '2'$"),
        ({"0": 0.5, "1": 0.3, "2": 0.1, "3": 0.1}, "Received: no class: '3'$"),
        ({"0": 0.5, "1": 0.3, "3": 0.2}, "missing: '2'; no class: '3'$"),
        ({"0": 1.5, "1": -0.5, "2": 0.0}, r"no negative share. Received: share\[1\]"),
    ],
)
def test_what_is_no_mix_is_refused_and_said(logits, target, told):
    with pytest.raises(InputError, match=f"comparison.target_prior: .*{told}"):
        reading(logits, target)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "There is no file mine.csv in"),
        ("", "mine.csv: cannot be read as a table .*: No columns"),
        ("class_name,share\n", "expected rows with the columns class_name and share"),
        ("name,share\n0,1\n", "expected rows with the columns class_name and share"),
        ("class_name,share\n0,1\n1,0\n1,0\n", "missing: '2'; twice: '1'$"),
        ("class_name,share\n0,10%\n1,0\n2,0\n", "as the share of '0'. Received: '10%'"),
        (
            "class_name,share, share\n0,1,0\n",
            "class_name and share, once. Received: 1 ",
        ),
        (b"class_name,share\n\xff,1\n", "mine.csv: cannot be read as a table in UTF-8"),
    ],
)
def test_a_file_that_has_no_mix_is_refused_and_named(tmp_path, logits, text, told):
    file = tmp_path / "mine.csv"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=told):
        reading(logits, str(file))


def test_a_share_of_a_class_without_test_images_is_refused(logits):
    tested = LABELS < 2
    with pytest.raises(InputError, match="test images alone. Received: 0.7 of 2"):
        reading(logits[tested], MINE, LABELS[tested])


def test_a_mix_of_classes_without_any_test_image_is_refused(logits):
    tested = LABELS == 2
    nearly_sure = logits - 2000 * np.eye(3)[LABELS]
    with pytest.raises(InputError, match="Expected a mix of classes with test images"):
        reading(nearly_sure[tested], "estimated", LABELS[tested])


def test_validation_images_of_other_classes_choose_no_tau(logits):
    mine = {"0": 0.0, "1": 0.5, "2": 0.5}
    parts = {Part.TEST: logits, Part.VALIDATION: logits[:60]}
    labels = {Part.TEST: LABELS, Part.VALIDATION: LABELS[:60]}
    model = Model("net", 0, COUNTS / COUNTS.sum(), parts, labels)
    predictions = Predictions(["0", "1", "2"], COUNTS, [model])
    table = method_table(read_predictions(predictions, asking_for(mine)))
    assert table["tau_choice"].tolist() == ["fixed", "fixed", "oracle for all"]


def test_too_few_images_to_estimate_from_are_refused(logits):
    with pytest.raises(InputError, match="at least 5 images a class, 15"):
        reading(logits[::10], "estimated", LABELS[::10])


@pytest.mark.parametrize(
    "target", ["trian", "", "shares.txt", 3, ["train"], {"0": float("nan")}]
)
def test_what_names_no_mix_is_refused_before_any_work(target):
    with pytest.raises(ValidationError, match="target_prior"):
        Comparison(**BY_DEFAULT["comparison"], target_prior=target)
