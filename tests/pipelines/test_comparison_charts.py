import re
import struct
from functools import cache

import numpy as np
import pandas as pd
import pytest
import vl_convert
from comparison_results import make_class_counts, make_comparison, make_results

from logit_adjustment_kedro.longtail.methods import METHODS, POSTHOC, TRAINED
from logit_adjustment_kedro.pipelines.comparison import nodes
from logit_adjustment_kedro.pipelines.comparison.results import (
    FIXED,
    HELD_OUT,
    ORACLE,
    Reading,
    Results,
)
from logit_adjustment_kedro.pipelines.comparison.tables import tau_table

SEEDS = 3
PAGE_WIDTH = 1120  # pixels
TITLES = {name: method.title for name, method in METHODS.items()}
PANELS = {
    "class_accuracy_chart": METHODS,
    "confusion_chart": METHODS,
    "reliability_chart": METHODS,
    "weight_norm_chart": TRAINED,
    "training_curves": TRAINED,
    "tau_chart": POSTHOC,
}
ERM_BEHIND = [name for name in PANELS if name not in ("confusion_chart", "tau_chart")]
OF_CLASSES = ("class_accuracy_chart", "confusion_chart", "weight_norm_chart")


@cache
def results_of(num_classes: int, seeds: int = SEEDS, held_out: bool = True) -> dict:
    return make_results(num_classes, seeds, held_out)


@cache
def table_of(num_classes: int) -> pd.DataFrame:
    counts, comparison = make_class_counts(num_classes), make_comparison(num_classes)
    return tau_table(results_of(num_classes), counts, comparison)


@cache
def drawn(name: str, num_classes: int, seeds: int = SEEDS, held_out: bool = True):
    """The chart of a node, from invented results."""
    if name == "tau_explorer":
        return nodes.tau_explorer(table_of(num_classes))
    inputs = [results_of(num_classes, seeds, held_out)]
    if name in OF_CLASSES:
        inputs.append(make_class_counts(num_classes))
    return getattr(nodes, name)(*inputs)


def panel_rows(chart) -> pd.DataFrame:
    """The rows that are divided among the panels."""
    spec = chart.to_dict()
    return pd.DataFrame(spec["datasets"][spec["data"]["name"]])


def rows_of(chart, method: str) -> pd.DataFrame:
    rows = panel_rows(chart)
    rows = rows[rows["method"] == TITLES[method]]
    return rows.drop(columns="method").reset_index(drop=True)


def readings_of(num_classes: int, method: str, choice: str = FIXED) -> list[Reading]:
    readings = results_of(num_classes)[method].readings
    return [reading for reading in readings if reading.choice == choice]


def error_of(confusion: np.ndarray) -> float:
    rights = [confusion[y, y] / confusion[y].sum() for y in range(len(confusion))]
    return 1 - sum(rights) / len(rights)


def read(confusion, bins=None, choice=FIXED, seed=0, tau=np.nan) -> Reading:
    bins = np.zeros((15, 3)) if bins is None else bins
    return Reading(seed, tau, choice, np.array(confusion), bins, np.nan)


def counts_of(*counts: int) -> pd.DataFrame:
    names = [f"class {label}" for label in range(len(counts))]
    columns = {"label": range(len(counts)), "class_name": names, "count": counts}
    return pd.DataFrame(columns)


@pytest.mark.parametrize("num_classes", [10, 100])
@pytest.mark.parametrize("name", [*PANELS, "tau_explorer"])
def test_a_chart_fits_the_page_and_the_limit_of_altair(name, num_classes, tmp_path):
    chart = drawn(name, num_classes)

    chart.save(tmp_path / "chart.png")
    png = (tmp_path / "chart.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert 700 < struct.unpack(">I", png[16:20])[0] <= PAGE_WIDTH
    assert sum(len(rows) for rows in chart.to_dict()["datasets"].values()) < 5000


@pytest.mark.parametrize("name", PANELS)
def test_one_seed_and_nothing_held_out_can_be_drawn(name, tmp_path):
    drawn(name, 10, seeds=1, held_out=False).save(tmp_path / "chart.png")


@pytest.mark.parametrize(("name", "methods"), PANELS.items())
def test_each_method_has_a_panel_in_the_order_of_the_registry(name, methods):
    chart = drawn(name, 10)

    titles = [TITLES[method] for method in methods]
    assert chart.to_dict()["facet"]["sort"] == titles
    assert panel_rows(chart)["method"].unique().tolist() == titles


@pytest.mark.parametrize("name", ERM_BEHIND)
def test_erm_lies_behind_in_grey_in_every_panel(name):
    chart = drawn(name, 10)

    spec = chart.to_dict()
    grey = [at for at in spec["spec"]["layer"] if at["mark"].get("color") == "#A0A0A0"]
    (behind,) = grey
    own = [layer for layer in spec["spec"]["layer"] if "data" not in layer]
    assert spec["spec"]["layer"].index(behind) < spec["spec"]["layer"].index(own[0])
    rows = pd.DataFrame(spec["datasets"][behind["data"]["name"]])
    pd.testing.assert_frame_equal(rows, rows_of(chart, "erm"), check_like=True)


@pytest.mark.parametrize("method", ["erm", "posthoc_logit_adjusted", "vs"])
def test_the_accuracy_on_each_class_and_its_deviation(method):
    rows = rows_of(drawn("class_accuracy_chart", 10), method)

    counts = make_class_counts(10).sort_values("count", ascending=False)
    confusions = [reading.confusion for reading in readings_of(10, method)]
    assert rows["group"].tolist() == [
        f"{rank} · {count:,}" for rank, count in enumerate(counts["count"], start=1)
    ]
    for row, label in zip(rows.itertuples(), counts["label"], strict=True):
        by_seed = [c[label, label] / c[label].sum() for c in confusions]
        mean, std = np.mean(by_seed), np.std(by_seed, ddof=1)
        assert (row.mean, row.std) == pytest.approx((mean, std))
        assert row.low == pytest.approx(max(mean - std, 0))
        assert row.high == pytest.approx(min(mean + std, 1))


def test_a_hundred_classes_are_gathered_in_ten_groups_by_rank():
    rows = rows_of(drawn("class_accuracy_chart", 100), "erm").set_index("group")

    counts = make_class_counts(100).sort_values("count", ascending=False, kind="stable")
    rarest = counts["label"].tail(10)
    by_class = [
        reading.confusion[label, label] / reading.confusion[label].sum()
        for reading in readings_of(100, "erm")
        for label in rarest
    ]
    assert len(rows) == 10
    assert rows.index[0] == "1–10 · 500–328"
    assert rows.loc["91–100 · 7–5", "mean"] == pytest.approx(np.mean(by_class))


def test_confusions_are_shares_of_the_true_class_by_rank():
    results = {
        "erm": Results(
            [read([[1, 3], [0, 2]], seed=0), read([[2, 2], [1, 1]], seed=1)],
        ),
        "vs": Results([read([[4, 0], [0, 2]])]),
    }

    chart = nodes.confusion_chart(results, counts_of(10, 90))

    shares = rows_of(chart, "erm").set_index(["true", "predicted"])["share"]
    # Class 1 is the more frequent: its rank is 1. Of two seeds, 2/2 and 1/2 are right.
    assert shares.to_dict() == {
        ("1 · 90", "1 · 90"): 0.75,
        ("1 · 90", "2 · 10"): 0.25,
        ("2 · 10", "1 · 90"): (3 / 4 + 2 / 4) / 2,
        ("2 · 10", "2 · 10"): (1 / 4 + 2 / 4) / 2,
    }
    x = chart.to_dict()["spec"]["encoding"]["x"]
    assert x["sort"] == ["1 · 90", "2 · 10"]


def test_confusions_of_a_hundred_classes_are_those_of_groups():
    rows = rows_of(drawn("confusion_chart", 100), "erm")

    counts = make_class_counts(100).sort_values("count", ascending=False, kind="stable")
    rarest, commonest = counts["label"].tail(10), counts["label"].head(10)
    taken = [
        reading.confusion[np.ix_(rarest, commonest)].sum()
        / reading.confusion[rarest].sum()
        for reading in readings_of(100, "erm")
    ]
    shares = rows.set_index(["true", "predicted"])["share"]
    assert len(shares) == 100
    assert shares["91–100 · 7–5", "1–10 · 500–328"] == pytest.approx(np.mean(taken))
    assert shares.groupby("true").sum().tolist() == pytest.approx([1] * 10)


def test_a_class_without_a_test_image_is_blank():
    results = {"erm": Results([read([[2, 0], [0, 0]])])}

    chart = nodes.confusion_chart(results, counts_of(90, 10))

    shares = rows_of(chart, "erm").set_index(["true", "predicted"])["share"]
    assert shares["2 · 10"].tolist() == [0, 0]


def test_reliability_by_hand():
    one, two = np.zeros((15, 3)), np.zeros((15, 3))
    one[7] = [4, 2.0, 3]  # images, sum of confidences, right
    two[7], two[14] = [6, 3.0, 1], [10, 9.6, 9]
    results = {"erm": Results([read([[1]], one), read([[1]], two, seed=1)])}

    rows = rows_of(nodes.reliability_chart(results), "erm").set_index("bin")

    assert rows.index.tolist() == [7, 14]  # no empty ones
    assert rows["confidence"].tolist() == pytest.approx([5 / 10, 0.96])
    assert rows["accuracy"].tolist() == pytest.approx([4 / 10, 0.9])
    assert rows["share"].tolist() == pytest.approx([0.5, 0.5])
    # |3 - 2| / 4 of the one seed, (|1 - 3| + |9 - 9.6|) / 16 of the other.
    assert rows["error"].unique().tolist() == ["Calibration error 20.6%"]


def test_adjusting_moves_the_points_of_reliability():
    chart = drawn("reliability_chart", 10)

    before, after = rows_of(chart, "erm"), rows_of(chart, "posthoc_logit_adjusted")
    assert before["error"].iloc[0] != after["error"].iloc[0]


def test_norms_are_relative_to_the_network():
    classifiers = pd.DataFrame(
        {"seed": [0, 0, 7, 7], "label": [0, 1, 0, 1], "weight_norm": [1, 3, 40, 40]}
    )
    results = {
        "erm": Results([], classifiers=classifiers),
        "weight_normalised": Results([]),
    }

    rows = rows_of(nodes.weight_norm_chart(results, counts_of(10, 90)), "erm")

    # Class 1 first: 3/2 and 1; then class 0: 1/2 and 1.
    assert rows["group"].tolist() == ["1 · 90", "2 · 10"]
    assert rows["mean"].tolist() == [1.25, 0.75]
    assert rows["std"].tolist() == pytest.approx([0.125**0.5] * 2)
    assert rows["high"].iloc[0] > 1.25


def test_the_curves_are_those_of_the_histories():
    rows = rows_of(drawn("training_curves", 10), "vs")

    curves = results_of(10)["vs"].curves
    pd.testing.assert_frame_equal(
        rows, curves.reset_index(drop=True), check_dtype=False
    )


@pytest.mark.parametrize("method", POSTHOC)
def test_the_errors_over_tau_are_means_over_the_seeds(method):
    rows = rows_of(drawn("tau_chart", 100), method)

    sweep = results_of(100)[method].sweep
    for images, by_seed in (
        ("test set", sweep.test),
        ("training images held out", sweep.held_out),
    ):
        line = rows[rows["images"] == images]
        assert line["tau"].tolist() == sweep.taus.tolist()
        for at in (0, 13, 40):
            # A class of which no image was held out does not count.
            errors = [1 - pd.Series(a[at]).mean() for a in by_seed.values()]
            drawn_errors = line[["mean", "low", "high"]].iloc[at].tolist()
            expected = [np.mean(errors), min(errors), max(errors)]
            assert drawn_errors == pytest.approx(expected)


@pytest.mark.parametrize("method", POSTHOC)
def test_a_mark_for_each_way_of_choosing_tau(method):
    rows = rows_of(drawn("tau_chart", 10), method)

    marks = rows.dropna(subset="choice").set_index("choice")
    for choice, words in (
        (FIXED, "a parameter"),
        (HELD_OUT, "chosen on the training images held out"),
        (ORACLE, "chosen on the test set (oracle): a bound, no result"),
    ):
        readings = readings_of(10, method, choice)
        taus = [reading.tau for reading in readings]
        errors = [error_of(reading.confusion) for reading in readings]
        mark = marks.loc[words]
        expected = (np.mean(taus), np.mean(errors))
        assert (mark["tau"], mark["mean"]) == pytest.approx(expected)
    assert len(marks) == 3


def test_the_chart_over_tau_without_held_out_images():
    spec = drawn("tau_chart", 10, held_out=False).to_dict()

    legend = spec["spec"]["layer"][-1]["encoding"]["shape"]["scale"]["domain"]
    assert len(legend) == 2
    assert not [words for words in legend if "held out" in words]
    assert "held out" not in " ".join(spec["title"]["subtitle"])
    with_them = drawn("tau_chart", 10).to_dict()
    assert "held out" in " ".join(with_them["title"]["subtitle"])


def test_the_error_of_erm_is_the_line_behind_the_errors_over_tau():
    spec = drawn("tau_chart", 10).to_dict()

    behind = spec["spec"]["layer"][0]
    (row,) = spec["datasets"][behind["data"]["name"]]
    errors = [error_of(reading.confusion) for reading in readings_of(10, "erm")]
    assert row == {"mean": pytest.approx(np.mean(errors))}
    assert behind["mark"] == {"type": "rule", "color": "#A0A0A0", "strokeWidth": 2}


def numbers_shown(spec: dict, tau: float) -> list[str]:
    """The percentages above the bars, as Vega draws them for a value of the slider."""
    spec["params"][0]["value"] = tau
    texts = re.findall(r"<text[^>]*>([^<]*%)</text>", vl_convert.vegalite_to_svg(spec))
    return [text for text in texts if "." in text]  # those of the axes have no point


@pytest.mark.parametrize("num_classes", [10, 100])
def test_the_explorer_shows_the_accuracies_at_the_tau_of_the_slider(num_classes):
    spec = drawn("tau_explorer", num_classes).to_dict()

    table = table_of(num_classes).query("method == 'posthoc_logit_adjusted'")
    for tau in (0, 0.3, 1, 2.9, 4):
        rows = table[(table["tau"] - tau).abs() < 1e-9]
        assert len(rows) == 4 + num_classes
        by_rank = rows.sort_values("class_rank", na_position="first", kind="stable")
        expected = [f"{100 * accuracy:.1f}%" for accuracy in by_rank["accuracy"]]
        assert numbers_shown(spec, tau) == expected


def test_the_slider_of_the_explorer_is_the_grid():
    spec = drawn("tau_explorer", 10).to_dict()

    (param,) = spec["params"]
    assert (param["name"], param["value"]) == ("tau", 1)
    bind = {"input": "range", "name": "τ ", "min": 0, "max": 4, "step": 0.1}
    assert param["bind"] == bind
    assert spec["usermeta"]["embedOptions"] == {"renderer": "svg"}


def test_a_grid_without_1_starts_at_the_closest_tau():
    taus = [0, 0.4, 0.8, 1.2000000000000002, 1.6]
    table = pd.DataFrame(
        {
            "tau": taus * 2,
            "kind": ["overall"] * 5 + ["class"] * 5,
            "name": "all",
            "class_rank": [np.nan] * 5 + [1] * 5,
            "count": [np.nan] * 5 + [9] * 5,
            "accuracy": [*taus, *taus],
            "method": "posthoc_logit_adjusted",
        }
    )

    (param,) = nodes.tau_explorer(table).to_dict()["params"]

    assert param["value"] in (0.8, taus[3])


def test_what_has_no_accuracy_has_no_bar_in_the_explorer():
    table = table_of(10)
    unknown = table.assign(
        accuracy=table["accuracy"].where(table["name"] != "medium", np.nan)
    )

    spec = nodes.tau_explorer(unknown).to_dict()

    assert len(numbers_shown(spec, 1)) == 3 + 10
