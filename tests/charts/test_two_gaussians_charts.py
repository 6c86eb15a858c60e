"""The charts of the two Gaussians."""

import pytest

from drawn_charts import SYNTHETIC, all_rows, drawn, gaussians_table
from logit_adjustment_kedro.charts.boundaries import POINTS_DRAWN
from logit_adjustment_kedro.charts.gaussian_lines import LINES
from logit_adjustment_kedro.evaluation.synthetic import RULE_TITLES, first_trial


def test_the_chart_has_every_method_and_the_bayes_line():
    rows = all_rows(drawn("synthetic", 10))

    table = gaussians_table()
    curves = {(row["method"], row["tau"]): row["balanced_error"] for row in rows}
    for end in (0, 2):
        assert curves["Bayes", end] == pytest.approx(0.0786, abs=1e-4)
        assert curves["ERM", end] == table["balanced_error"].iloc[0]
    for row in table.itertuples():
        assert curves[RULE_TITLES[row.method], row.tau] == row.balanced_error


@pytest.mark.parametrize("name", ["synthetic", "boundaries"])
def test_a_wide_line_is_drawn_beneath_a_thin_one(name):
    assert set(LINES) == {"Bayes", *RULE_TITLES.values()}
    for rows in drawn(name, 10).to_dict()["datasets"].values():
        widths = [LINES[row["method"]][2] for row in rows if "method" in row]
        assert widths == sorted(widths, reverse=True)


def test_the_boundaries_are_drawn_over_points_of_both_classes():
    rows = all_rows(drawn("boundaries", 10))

    points, _ = first_trial(SYNTHETIC, tau=1.0)
    shown = [row for row in rows if "label" in row]
    assert len(shown) == POINTS_DRAWN
    assert 20 < points["label"].head(POINTS_DRAWN).sum() < 80
    for row in shown:
        (label,) = points.loc[points["x1"] == row["x1"], "label"]
        assert row["label"] == ("Positive" if label else "Negative")


def test_the_boundaries_are_where_the_rules_change_their_mind():
    lines = {}
    for row in all_rows(drawn("boundaries", 10)):
        if "w1" in row:
            score = row["w1"] * row["x1"] + row["w2"] * row["x2"] + row["b"]
            assert score == pytest.approx(0, abs=1e-9)
            lines.setdefault(row["method"], []).append(row["x1"] + row["x2"])
    assert set(lines) == {"Bayes", *RULE_TITLES.values()}
    assert lines.pop("Bayes") == [0, 0, 0, 0]  # two ends, in two panels
    # ERM's line is that of 2 (x1 + x2) = log(19), but for noise.
    erm = lines.pop("ERM")
    assert erm == pytest.approx([1.47] * 4, abs=0.3)
    normalised = lines.pop("Weight normalisation, bias normalised")
    assert normalised == pytest.approx(erm, rel=1e-9)
    # With the bias kept, it is that of sqrt(2) (x1 + x2) = log(19).
    kept = lines.pop("Weight normalisation, bias kept")
    assert kept == pytest.approx([2.08] * 4, abs=0.3)
    for sums in lines.values():
        assert sums == pytest.approx([0] * 4, abs=0.3)
