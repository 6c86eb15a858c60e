"""Calibration in the mix that logits are for, and in the one that is predicted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.evaluation.confidence import calibration_rows
from logit_adjustment_kedro.evaluation.network import Network
from logit_adjustment_kedro.evaluation.target import Target
from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.methods import LastLayer, Methods
from logit_adjustment_kedro.runs import Part, View

COUNTS = np.array([800, 150, 50])
TRAIN, UNIFORM = COUNTS / 1000, np.full(3, 1 / 3)
METHODS = Methods()


def drawn(mix, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of three Gaussians in a mix, as logits for the training mix; labels."""
    random = np.random.default_rng(seed)
    labels = random.choice(3, size=size, p=mix)
    points = random.normal(size=(size, 3)) + 1.5 * np.eye(3)[labels]
    return 1.5 * points + np.log(TRAIN), labels


def network(scale: float, validation_mix=None) -> Network:
    """Right but for its scale, by which it is too sure."""
    parts = {Part.TEST: drawn(UNIFORM, 30_000, 0)}
    if validation_mix is not None:
        parts[Part.VALIDATION] = drawn(validation_mix, 30_000, 1)
    return Network(
        name="erm",
        method=METHODS.erm,
        adjusting={m.name: m for m in METHODS.adjusting("erm")},
        seed=0,
        logits={(part, View.PLAIN): scale * z for part, (z, _) in parts.items()},
        labels={part: labels for part, (_, labels) in parts.items()},
        last_layer=LastLayer(COUNTS, np.ones(3), np.zeros(3)),
    )


def rows_of(measured: Network, shares=UNIFORM) -> pd.DataFrame:
    rows = calibration_rows(measured, Target(shares, shares * np.nan))
    return pd.DataFrame(rows).set_index(["method", "mix"])


def test_a_right_network_is_calibrated_in_its_own_mix_and_not_in_another():
    rows = rows_of(network(scale=1.0))
    assert rows.loc[("erm", "own"), "error"] < 0.01
    assert rows.loc[("erm", "target"), "error"] > 0.1
    assert rows.loc[("posthoc_logit_adjusted", "own"), "error"] < 0.01
    assert rows.loc[("posthoc_logit_adjusted", "target"), "error"] < 0.01


def test_of_a_class_without_test_images_nothing_is_held_against_the_network():
    """Of three alike one is untested: its third of each answer goes to the others."""
    logits = np.log(np.tile([0.4, 0.35, 0.25], (750, 1)))
    labels = np.repeat([0, 1], [400, 350])
    layer = LastLayer(np.array([40, 35, 25]), np.ones(3), np.zeros(3))
    parts, answers = {Part.TEST: labels}, {(Part.TEST, View.PLAIN): logits}
    untested = Network("erm", METHODS.erm, {}, 0, answers, parts, layer)
    row = rows_of(untested, np.array([0.4, 0.35, 0.25])).loc[("erm", "own")]
    assert row["error"] == pytest.approx(0, abs=1e-9)
    both = np.sqrt(2 / np.pi * 8 / 15 * 7 / 15 / 750)
    assert row["by_chance"] == pytest.approx(both)


def test_weight_normalised_logits_are_for_no_mix():
    rows = rows_of(network(scale=1.0))
    assert "own" not in rows.loc["weight_normalised"].index


def test_moved_to_another_mix_it_is_calibrated_there():
    mine = np.array([0.1, 0.1, 0.8])
    rows = rows_of(network(scale=1.0), mine)
    assert rows.loc[("posthoc_logit_adjusted", "target"), "error"] < 0.01


@pytest.mark.parametrize("mix", [TRAIN, UNIFORM], ids=["of training", "uniform"])
def test_the_temperature_of_validation_images_mends_what_is_too_sure(mix):
    """It divides the logits before they are adjusted, whatever mix the images have."""
    rows = rows_of(network(scale=3.0, validation_mix=mix))
    assert rows["temperature"].tolist() == pytest.approx([3.0] * len(rows), rel=0.05)
    for key in (("erm", "own"), ("posthoc_logit_adjusted", "target")):
        assert rows.loc[key, "error"] > 0.05
        assert rows.loc[key, "scaled_error"] < 0.015


def test_a_temperature_leaves_every_answer_as_it_is():
    measured = network(scale=1.0)
    layer = LastLayer(COUNTS, np.array([0.5, 1.0, 2.0]), np.array([2.0, -1.0, 0.5]))
    measured = replace(measured, last_layer=layer)
    method = measured.adjusting["weight_normalised"]
    before = measured.read_out(method).argmax(axis=1)
    after = measured.at_temperature(3.0).read_out(method).argmax(axis=1)
    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("answer", [1, -1], ids=["always right", "always wrong"])
def test_images_that_know_of_no_temperature_give_none(answer):
    measured = network(scale=1.0, validation_mix=UNIFORM)
    logits = 9.0 * answer * np.eye(3)[measured.labels[Part.VALIDATION]]
    parts = dict(measured.logits) | {(Part.VALIDATION, View.PLAIN): logits}
    rows = rows_of(replace(measured, logits=parts))
    assert rows[["temperature", "scaled_error"]].isna().all(axis=None)


def test_without_validation_images_there_is_no_temperature():
    rows = rows_of(network(scale=3.0))
    assert rows[["temperature", "scaled_error"]].isna().all(axis=None)


def test_adjusted_after_the_division_is_not_adjusted_before_it():
    measured = network(scale=3.0, validation_mix=TRAIN)
    cooled = measured.at_temperature(3.0)
    method = measured.adjusting["posthoc_logit_adjusted"]
    before = measured.logits[Part.TEST, View.PLAIN]
    after = adjust_logits(before / 3.0, COUNTS)
    np.testing.assert_allclose(cooled.read_out(method), after)
