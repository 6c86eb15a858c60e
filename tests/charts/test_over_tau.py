"""The charts over tau: the errors, and the explorer with its slider."""

import re

import numpy as np
import pandas as pd
import pytest
import vl_convert

from drawn_charts import drawn, invented, panel_rows, rows_of
from logit_adjustment_kedro.charts import draw
from logit_adjustment_kedro.evaluation.readings import Choice
from logit_adjustment_kedro.evaluation.tables import tau_table
from logit_adjustment_kedro.longtail.methods import POSTHOC


def error_of(confusion: np.ndarray) -> float:
    rights = [confusion[y, y] / confusion[y].sum() for y in range(len(confusion))]
    return 1 - sum(rights) / len(rights)


def taus_and_errors(method: str, choice: Choice) -> tuple[list[float], list[float]]:
    """The tau of every seed, and its error on the test set."""
    answers = invented(10).of(choice=choice).query("method == @method")
    confusions = invented(10).confusions[answers.index]
    return answers["tau"].tolist(), [error_of(c) for c in confusions]


@pytest.mark.parametrize("method", POSTHOC)
def test_the_errors_over_tau_are_means_over_the_seeds(method):
    rows = rows_of(drawn("tau", 100), method)

    sweeps = invented(100).sweeps.query("method == @method")
    for images, part in (
        ("test set", "test"),
        ("training images held out", "held_out"),
    ):
        line = rows[rows["images"] == images]
        wide = sweeps[sweeps["part"] == part].pivot(
            index="label", columns=["tau", "seed"], values="accuracy"
        )
        # A class of which no image was held out does not count.
        assert wide.isna().any(axis=None) == (part == "held_out")
        errors = (1 - wide.mean()).unstack("seed")
        assert errors.shape == (41, 3)
        assert line["tau"].tolist() == errors.index.tolist()
        assert line["mean"].tolist() == pytest.approx(errors.mean(axis=1).tolist())
        assert line["low"].tolist() == pytest.approx(errors.min(axis=1).tolist())
        assert line["high"].tolist() == pytest.approx(errors.max(axis=1).tolist())


@pytest.mark.parametrize("method", POSTHOC)
def test_a_mark_for_each_way_of_choosing_tau(method):
    rows = rows_of(drawn("tau", 10), method)

    marks = rows.dropna(subset="choice").set_index("choice")
    for choice, words in (
        (Choice.FIXED, "a parameter"),
        (Choice.HELD_OUT, "chosen on the training images held out"),
        (Choice.ORACLE, "chosen on the test set (oracle): a bound, no result"),
        (Choice.ORACLE_PER_SEED, "the same, for each seed its own"),
    ):
        taus, errors = taus_and_errors(method, choice)
        mark = marks.loc[words]
        expected = (np.mean(taus), np.mean(errors))
        assert (mark["tau"], mark["mean"]) == pytest.approx(expected)
    assert len(marks) == 4


def test_the_chart_over_tau_without_held_out_images():
    spec = drawn("tau", 10, held_out=False).to_dict()

    legend = spec["spec"]["layer"][-1]["encoding"]["shape"]["scale"]["domain"]
    assert len(legend) == 3
    assert not [words for words in legend if "held out" in words]
    assert "held out" not in " ".join(spec["title"]["subtitle"])
    with_them = drawn("tau", 10).to_dict()
    assert "held out" in " ".join(with_them["title"]["subtitle"])


def test_the_error_of_erm_is_the_line_behind_the_errors_over_tau():
    chart = drawn("tau", 10)

    behind = chart.to_dict()["spec"]["layer"][0]
    _, errors = taus_and_errors("erm", Choice.FIXED)
    (plain,) = panel_rows(chart)[behind["encoding"]["y"]["field"]].unique()
    assert plain == pytest.approx(np.mean(errors))
    assert behind["mark"] == {"type": "rule", "color": "#A0A0A0", "strokeWidth": 2}


def numbers_shown(spec: dict, tau: float) -> list[str]:
    """The percentages above the bars, as Vega draws them for a value of the slider."""
    spec["params"][0]["value"] = tau
    texts = re.findall(r"<text[^>]*>([^<]*%)</text>", vl_convert.vegalite_to_svg(spec))
    return [text for text in texts if "." in text]  # those of the axes have no point


@pytest.mark.parametrize("num_classes", [10, 100])
def test_the_explorer_shows_the_accuracies_at_the_tau_of_the_slider(num_classes):
    spec = drawn("tau_explorer", num_classes).to_dict()

    table = tau_table(invented(num_classes)).query("method == 'posthoc_logit_adjusted'")
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

    (param,) = draw("tau_explorer", table).to_dict()["params"]

    assert param["value"] in (0.8, taus[3])


def test_what_has_no_accuracy_has_no_bar_in_the_explorer():
    table = tau_table(invented(10))
    unknown = table.assign(
        accuracy=table["accuracy"].where(table["name"] != "medium", np.nan)
    )

    spec = draw("tau_explorer", unknown).to_dict()

    assert len(numbers_shown(spec, 1)) == 3 + 10
