import subprocess
import sys

import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from logit_adjustment_kedro.longtail.gaussians import BAYES_ERROR
from logit_adjustment_kedro.longtail.methods import METHODS
from logit_adjustment_kedro.pipelines.synthetic import create_pipeline, nodes
from logit_adjustment_kedro.pipelines.synthetic.params import Synthetic

PARAMETERS = {
    "trials": 4,
    "train_points": 10_000,
    "test_points": 10_000,
    "positive_share": 0.05,
    "max_tau": 2.0,
    "tau_steps": 4,
    "seed": 0,
}
TAUS = [0, 0.5, 1, 1.5, 2]
TAU_METHODS = ["weight_normalised", "posthoc_logit_adjusted", "logit_adjusted"]


def run(*targets: str, **changed) -> dict:
    parameters = MemoryDataset(Synthetic(**(PARAMETERS | changed)))
    catalog = DataCatalog({"params:synthetic": parameters})
    pipeline = create_pipeline().to_outputs(*targets)
    outputs = SequentialRunner().run(pipeline, catalog)
    return {name: dataset.load() for name, dataset in outputs.items()}


def table_of(**changed) -> pd.DataFrame:
    return run("synthetic_table", **changed)["synthetic_table"]


@pytest.fixture(scope="module")
def table():
    return table_of()


@pytest.fixture(scope="module")
def charts():
    return run("synthetic_chart", "boundaries_chart")


def rows_of(chart) -> list[dict]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_parameters_are_the_only_input():
    assert create_pipeline().inputs() == {"params:synthetic"}
    assert create_pipeline().outputs() == {"synthetic_chart", "boundaries_chart"}


def test_one_row_a_method_and_tau(table):
    assert table.columns.tolist() == [
        "method",
        "tau",
        "balanced_error",
        "balanced_error_std",
        "empirical_error",
        "empirical_error_std",
        "trials",
        "positive_share",
    ]
    rows = list(table[["method", "tau"]].itertuples(index=False, name=None))
    assert rows == [("erm", 0), *((m, tau) for m in TAU_METHODS for tau in TAUS)]
    assert set(table["method"]) <= set(METHODS)
    assert (table["trials"] == 4).all()


@pytest.mark.parametrize("method", TAU_METHODS)
def test_at_tau_1_a_method_is_nearly_bayes(table, method):
    (row,) = table[(table["method"] == method) & (table["tau"] == 1)].itertuples()
    assert BAYES_ERROR < row.balanced_error < BAYES_ERROR + 0.0005
    assert row.empirical_error == pytest.approx(BAYES_ERROR, abs=0.015)


def test_erm_is_far_from_bayes_and_tau_too_small_or_large_is_too(table):
    errors = table.set_index(["method", "tau"])["balanced_error"]
    assert errors["erm", 0] == pytest.approx(0.181, abs=0.01)
    for method in ("posthoc_logit_adjusted", "logit_adjusted"):
        assert errors[method, 0] == errors["erm", 0]
        assert errors[method, 2] == pytest.approx(0.181, abs=0.015)
        assert errors[method].idxmin() == 1
    assert errors["weight_normalised"].max() < BAYES_ERROR + 0.0005


def test_the_test_points_agree_with_the_exact_error(table):
    difference = table["empirical_error"] - table["balanced_error"]
    assert difference.abs().between(1e-6, 0.02).all()
    at_1 = table[table["tau"] == 1]
    assert (at_1["empirical_error_std"] > 10 * at_1["balanced_error_std"]).all()


def test_rules_are_tested_on_points_of_their_own(table):
    fewer = table_of(test_points=5000)
    assert fewer["balanced_error"].equals(table["balanced_error"])
    assert (fewer["empirical_error"] != table["empirical_error"]).all()


def test_trials_differ_and_the_seed_says_how(table):
    assert (table["balanced_error_std"] > 1e-6).all()
    again = table_of(trials=2)
    assert again.equals(table_of(trials=2))
    assert not again.equals(table_of(trials=2, seed=1))


def test_the_spread_by_hand():
    trials = nodes.synthetic_trials(Synthetic(**PARAMETERS | {"trials": 2}))
    erm = trials[trials["method"] == "erm"]
    first, second = erm["balanced_error"]
    row = nodes.synthetic_table(trials).iloc[0]
    assert row["balanced_error"] == pytest.approx((first + second) / 2)
    assert row["balanced_error_std"] == pytest.approx(abs(first - second) / 2**0.5)


def test_the_chart_has_every_method_and_the_bayes_line(charts, table):
    rows = rows_of(charts["synthetic_chart"])
    curves = {(row["method"], row["tau"]): row["balanced_error"] for row in rows}
    for end in (0, 2):
        assert curves["Bayes", end] == pytest.approx(0.0786, abs=1e-4)
        assert curves["ERM", end] == table["balanced_error"].iloc[0]
    for row in table.itertuples():
        assert curves[METHODS[row.method].title, row.tau] == row.balanced_error


def test_the_boundaries_are_drawn_over_points_of_both_classes(charts):
    rows = rows_of(charts["boundaries_chart"])
    labels = [row["label"] for row in rows if "label" in row]
    assert len(labels) == nodes.POINTS_DRAWN
    assert 20 < labels.count("Positive") < 80
    assert labels.count("Negative") == nodes.POINTS_DRAWN - labels.count("Positive")


def test_the_boundaries_are_where_the_rules_change_their_mind(charts):
    lines = {}
    for row in rows_of(charts["boundaries_chart"]):
        if "w1" in row:
            assert row["w1"] * row["x1"] + row["w2"] * row["x2"] + row[
                "b"
            ] == pytest.approx(0, abs=1e-9)
            lines.setdefault(row["method"], []).append(row["x1"] + row["x2"])
    assert set(lines) == {
        "Bayes",
        *(METHODS[name].title for name in ("erm", *TAU_METHODS)),
    }
    assert lines.pop("Bayes") == [0, 0]
    # ERM's line is that of 2 (x1 + x2) = log(19), but for noise.
    assert lines.pop("ERM") == pytest.approx([1.47, 1.47], abs=0.3)
    for sums in lines.values():
        assert sums == pytest.approx([0, 0], abs=0.3)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("trials", 1),
        ("train_points", 999),
        ("test_points", 999),
        ("positive_share", 0.001),
        ("positive_share", 1.0),
        ("max_tau", 0.0),
        ("tau_steps", 0),
        ("seed", -1),
    ],
)
def test_wrong_parameters_are_refused(key, value):
    with pytest.raises(ValueError, match=rf"^{key}: .* Received: {value}"):
        Synthetic.model_validate(PARAMETERS | {key: value})


def test_neither_tensorflow_nor_keras_is_imported():
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from test_synthetic import run
run("synthetic_chart", "boundaries_chart", trials=2)
loaded = {{"tensorflow", "keras"}} & set(sys.modules)
sys.exit(f"imported: {{loaded}}" if loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
