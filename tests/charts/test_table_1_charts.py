"""The charts by epoch, and those of Table 1."""

import pandas as pd
import pytest
import vl_convert

from drawn_charts import TITLES, all_rows, drawn, invented, rows_of
from logit_adjustment_kedro.charts import draw
from logit_adjustment_kedro.evaluation.rows import registered
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import METHODS, POSTHOC, TABLE_1
from readings_by_hand import answer, counts_of, readings_of


def test_the_training_curves_are_those_of_the_test_set():
    rows = rows_of(drawn("training_curves", 10), "vs")

    curves = invented(10).curves.query("method == 'vs' and images == 'test'")
    pd.testing.assert_frame_equal(
        rows, curves[["epoch", "mean", "low", "high"]].reset_index(drop=True)
    )


def test_the_learning_curves_show_table_1_and_the_training_set_of_what_is_trained():
    ends = {"epoch": [1], "low": 0.0, "high": 1.0}
    curves = [
        pd.DataFrame(ends | {"method": name, "images": images, "mean": mean})
        for name in METHODS
        for images, mean in (("train", 0.9), ("test", 0.6 if name in POSTHOC else 0.5))
        if name not in POSTHOC or images == "test"
    ]
    readings = readings_of(
        [answer([[1]])],
        counts_of(9),
        methods=registered(METHODS),
        curves=pd.concat(curves, ignore_index=True),
    )

    rows = all_rows(draw("learning_curves", readings))

    shown = {(row["method"], row["images"]): row["mean"] for row in rows}
    trained = [name for name in TABLE_1 if name not in POSTHOC]
    adjusted = [name for name in TABLE_1 if name in POSTHOC]
    assert shown == {
        **{(TITLES[name], "Training set"): 0.9 for name in trained},
        **{(TITLES[name], "Test set"): 0.5 for name in trained},
        **{(TITLES[name], "Test set"): 0.6 for name in adjusted},
    }


def curves_of(**epochs: int) -> pd.DataFrame:
    """Curves of the test set, by method: so many epochs of each."""
    return pd.concat(
        [
            pd.DataFrame({"epoch": range(1, last + 1), "mean": 0.5}).assign(
                method=name, images="test", low=0.4, high=0.6
            )
            for name, last in epochs.items()
        ],
        ignore_index=True,
    )


def marks_drawn(name: str, mark: str, curves: pd.DataFrame) -> int:
    readings = readings_of(
        [answer([[1]])], counts_of(9), methods=registered(METHODS), curves=curves
    )
    svg = vl_convert.vegalite_to_svg(draw(name, readings).to_dict())
    return svg.count(f'aria-roledescription="{mark}"')


@pytest.mark.parametrize("epochs", [1, 2, 10])
@pytest.mark.parametrize("name", ["learning_curves", "training_curves"])
def test_a_curve_of_few_epochs_has_points(name, epochs):
    drawn_of = marks_drawn(name, "circle", curves_of(erm=epochs, vs=epochs))

    # Of the two, only ERM is in Table 1; elsewhere it lies behind both.
    curves = {"learning_curves": 1, "training_curves": 4}
    assert drawn_of == curves[name] * epochs


@pytest.mark.parametrize("name", ["learning_curves", "training_curves"])
def test_a_long_curve_has_no_points_beside_one_of_a_single_epoch(name):
    # As where post-hoc methods are read out of the last epoch alone.
    curves = curves_of(erm=60, logit_adjusted=1)

    assert marks_drawn(name, "circle", curves) == 1
    assert marks_drawn(name, "rule mark", curves) == 1  # from the lowest to the highest
    long = curves_of(erm=60, logit_adjusted=60)
    assert marks_drawn(name, "circle", long) == 0
    assert marks_drawn(name, "rule mark", long) == 0


def test_a_hundred_classes_are_gathered_in_ten_groups_by_frequency():
    confusion = [[1, *[0] * 99] for _ in range(100)]  # all are taken for class 0
    counts = counts_of(*exponential_profile(500, 100, 100))

    spec = draw("per_class", readings_of([answer(confusion)], counts)).to_dict()

    groups, classes = sorted(spec["datasets"].values(), key=len)
    means = {row["group"].rpartition(" · ")[0]: row["mean"] for row in groups}
    assert len(means) == 10
    # Class 0 alone is named rightly, and it is one of ten in the first group.
    assert means["500–328 · ranks 1–10"] == 0.1
    assert means["7–5 · ranks 91–100"] == 0
    assert len(classes) == 100


def test_ten_classes_are_a_group_each_with_mean_and_deviation_by_method():
    right, wrong = [[2, 0], [0, 2]], [[2, 0], [2, 0]]
    answers = [
        answer(right),
        answer(wrong, seed=1),
        answer(right, "logit_adjusted"),
        answer(right, "logit_adjusted", seed=1),
        answer(wrong, "vs"),  # is not in Table 1
    ]

    rows = all_rows(draw("per_class", readings_of(answers, counts_of(1234, 10))))

    shown = {(row["method"], row["group"]): (row["mean"], row["std"]) for row in rows}
    assert shown == {
        ("ERM", "1,234 · class 0"): (1, 0),
        ("ERM", "10 · class 1"): (0.5, pytest.approx(0.5**0.5)),
        ("Logit-adjusted loss", "1,234 · class 0"): (1, 0),
        ("Logit-adjusted loss", "10 · class 1"): (1, 0),
    }


def test_figure_1_shows_every_class_and_beta():
    rows = all_rows(drawn("beta", 10))

    assert len(rows) == 10 * 4
    assert {row["beta"] for row in rows} == {1, 0.999, 0.99, 0}
    uniform = [row["probability"] for row in rows if row["beta"] == 0]
    assert uniform == pytest.approx([0.1] * 10)
