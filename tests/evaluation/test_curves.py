"""Accuracies by epoch, of one run and over the seeds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.evaluation.curves import (
    MAX_EPOCHS_DRAWN,
    curve_points,
    curves_over_seeds,
)
from logit_adjustment_kedro.longtail.methods import (
    ERM,
    LastLayer,
    LogitAdjusted,
    PosthocLogitAdjusted,
    WeightNormalised,
)
from logit_adjustment_kedro.runs import Run
from made_runs import make_run, make_setup

ADJUSTED = PosthocLogitAdjusted(tau=2.0)


def noted(rows: list[tuple[int, str, float, str, float]]) -> Run:
    """A run of ERM over two epochs, in which these accuracies were measured."""
    columns = ["epoch", "method", "tau", "view", "accuracy"]
    accuracies = pd.DataFrame(rows, columns=columns).astype({"tau": float})
    return make_run(seed=5, accuracies=accuracies)


def shown(points: pd.DataFrame, method: str, images: str) -> list[tuple[int, float]]:
    rows = points[(points["method"] == method) & (points["images"] == images)]
    return list(zip(rows["epoch"], rows["accuracy"], strict=True))


def posthoc_rows(*taus: float) -> list[tuple[int, str, float, str, float]]:
    """Epoch by epoch, read out at these tau."""
    return [(e, ADJUSTED.name, tau, "plain", e / 10) for e, tau in enumerate(taus, 1)]


def test_the_points_of_a_run_are_those_that_it_noted():
    run = noted([(1, "erm", np.nan, "plain", 0.25), (2, "erm", np.nan, "plain", 1 / 3)])
    points = curve_points(run, [ERM()])
    assert set(points) == {"seed", "method", "images", "epoch", "accuracy"}
    assert set(points["seed"]) == {5}
    assert shown(points, "erm", "train") == [(1, 0.5), (2, 0.9)]
    assert shown(points, "erm", "test") == [(1, 0.25), (2, 1 / 3)]


def test_a_mirrored_view_is_no_point_of_the_curve():
    rows = [(2, "erm", np.nan, "mirrored", 0.9), (2, "erm", np.nan, "plain", 1 / 3)]
    assert shown(curve_points(noted(rows), [ERM()]), "erm", "test") == [(2, 1 / 3)]


def test_a_loss_with_a_tau_has_the_curve_of_that_tau():
    run = make_run(make_setup("logit_adjusted"))
    run = replace(run, accuracies=run.accuracies.assign(tau=1.0))
    points = curve_points(run, [LogitAdjusted(tau=1.0)])
    assert shown(points, "logit_adjusted", "test") == [(1, 0.25), (2, 1 / 3)]


@pytest.mark.parametrize(
    ("noted_at", "expected"),
    [
        ((2.0, 2.0), [(1, 0.1), (2, 0.2)]),
        ((0.5, 2.0), [(2, 0.2)]),
        ((2.0, 0.5), [(1, 0.1), (2, 1 / 3)]),
        ((0.5, 0.5), [(2, 1 / 3)]),
        ((), [(2, 1 / 3)]),
    ],
)
def test_where_the_tau_was_another_only_the_last_epoch_is_read_anew(noted_at, expected):
    # All is named rightly, by one nat, until 2 * log(20 / 2) makes c of it all.
    points = curve_points(noted(posthoc_rows(*noted_at)), [ERM(), ADJUSTED])
    assert shown(points, ADJUSTED.name, "test") == expected


def test_each_method_reads_the_last_epoch_in_its_own_way():
    # Without its bias, c loses by one nat what it has won by one.
    layer = LastLayer(np.array([20, 8, 2]), np.ones(3), np.array([0.0, 0.0, 2.0]))
    methods = [ERM(), WeightNormalised(), ADJUSTED]
    points = curve_points(make_run(last_layer=layer), methods)
    assert shown(points, "weight_normalised", "test") == [(2, 2 / 3)]
    assert shown(points, ADJUSTED.name, "test") == [(2, 1 / 3)]


def points_of(**by_seed: list[float]) -> pd.DataFrame:
    """Points of ERM on the test set, from the first epoch on."""
    tables = [
        pd.DataFrame({"seed": seed, "epoch": range(1, len(told) + 1), "accuracy": told})
        for seed, told in by_seed.items()
    ]
    return pd.concat(tables).assign(method="erm", images="test")


def test_curves_are_means_and_ranges_over_the_seeds():
    curves = curves_over_seeds(points_of(a=[0.1, 0.5], b=[0.6, 0.5], c=[0.2, 0.5]))
    columns = ["method", "images", "epoch", "mean", "low", "high"]
    assert curves.columns.tolist() == columns
    first, second = curves.to_dict("records")
    assert first["mean"] == pytest.approx(0.3)
    assert (first["epoch"], first["low"], first["high"]) == (1, 0.1, 0.6)
    assert (second["epoch"], second["low"], second["high"]) == (2, 0.5, 0.5)


def test_methods_and_images_have_curves_of_their_own():
    one = points_of(a=[0.5], b=[0.7])
    points = pd.concat(
        [one, one.assign(images="train", accuracy=1.0), one.assign(method="vs")]
    )
    curves = curves_over_seeds(points)
    means = curves.set_index(["method", "images"])["mean"].to_dict()
    assert means == pytest.approx(
        {("erm", "test"): 0.6, ("erm", "train"): 1.0, ("vs", "test"): 0.6}
    )


def test_epochs_of_which_not_every_seed_tells_are_left_out():
    told = points_of(a=[0.1, 0.2, 0.3, 0.4], b=[0.1, 0.2, 0.3, 0.4])
    points = told[~((told["seed"] == "a") & (told["epoch"] == 2))]
    assert curves_over_seeds(points)["epoch"].tolist() == [1, 3, 4]
    points = points[~((points["seed"] == "b") & (points["epoch"] < 4))]
    assert curves_over_seeds(points)["epoch"].tolist() == [4]


@pytest.mark.parametrize(
    ("epochs", "step"), [(1, 1), (200, 1), (201, 2), (400, 2), (401, 3), (1419, 8)]
)
def test_long_curves_are_thinned_and_keep_the_last_epoch(epochs, step):
    curves = curves_over_seeds(points_of(a=[0.5] * epochs, b=[0.7] * epochs))
    drawn = curves["epoch"].tolist()
    assert len(drawn) <= MAX_EPOCHS_DRAWN
    assert drawn == list(range(epochs, 0, -step))[::-1]


def test_a_long_training_that_was_measured_seldom_keeps_its_points():
    """Every tenth of 1419 epochs and the last: none but that is an eighth from it."""
    points = points_of(a=[0.5] * 1419, b=[0.7] * 1419)
    measured = points[(points["epoch"] % 10 == 0) | (points["epoch"] == 1419)]
    drawn = curves_over_seeds(
        pd.concat([measured, points.assign(images="train")])
    ).groupby("images")["epoch"]
    assert drawn.get_group("test").tolist() == [*range(10, 1419, 10), 1419]
    assert drawn.get_group("train").tolist() == list(range(3, 1420, 8))
