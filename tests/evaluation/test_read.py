"""What is read out of runs, by numbers worked out by hand."""

import math
import tracemalloc
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.evaluation import Choice, Readings, read
from logit_adjustment_kedro.longtail import adjust_logits, normalise_weights
from logit_adjustment_kedro.longtail.methods import (
    COMBINED,
    METHODS,
    POSTHOC,
    TRAINED,
    LastLayer,
)
from logit_adjustment_kedro.runs import Part, Run, RunStore, View
from made_runs import make_run, make_setup
from readings_by_hand import counts_of, make_parameters

COUNTS = (90, 9, 1)
LABELS = np.array([0, 0, 1, 1, 2, 2])
TAUS = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]
POSTHOC_TAUS = ["fixed", "held-out", "oracle for all", "oracle per seed"]
ADJUSTED = "posthoc_logit_adjusted"


def run_of(
    plain: np.ndarray,
    method: str = "erm",
    seed: int = 0,
    part: Part = Part.TEST,
    counts: tuple[int, int, int] = COUNTS,
    mirrored: np.ndarray | None = None,
    **changes,
) -> Run:
    """A run with these logits for `LABELS`; mirrored ones are none, or given."""
    if mirrored is None:
        mirrored = np.full_like(plain, np.nan)
    held_out = 0.2 if part == Part.HELD_OUT else 0.0
    defaults = {
        "logits": {(part, View.PLAIN): plain, (part, View.MIRRORED): mirrored},
        "labels": {part: LABELS},
        "last_layer": LastLayer(np.array(counts), np.ones(3), np.zeros(3)),
    }
    setup = make_setup(method, held_out)
    return make_run(setup, seed=seed, part=part, **(defaults | changes))


def test_many_classes_take_four_bytes_a_pair_of_them():
    classes = 400
    logits = np.random.default_rng(0).normal(size=(classes, classes)).astype("float32")
    last_layer = LastLayer(
        np.arange(classes, 0, -1), np.ones(classes), np.ones(classes)
    )
    labels = {Part.TEST: np.arange(classes)}
    made = [
        run_of(logits, seed=seed, labels=labels, last_layer=last_layer)
        for seed in range(8)
    ]
    counts = counts_of(*last_layer.class_counts)
    parameters = make_parameters() | {"training": {"mirrored_view": False}}
    tracemalloc.start()
    readings = read({"erm": made}, {}, counts, parameters)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    pairs = len(readings.answers) * classes**2
    # Four in each answer, four in all together, and what one answer needs meanwhile.
    assert peak / pairs < 12


def naming(classes: list[int]) -> np.ndarray:
    """Logits by which these classes win by one nat."""
    return np.eye(3, dtype="float32")[classes]


def unsure_of_the_tail(margin: float) -> np.ndarray:
    """Logits that are sure of a and b, and take c for a, by so much."""
    logits = 100 * naming([0, 0, 1, 1, 0, 0])
    logits[4:, 0] = margin
    return logits


def random_logits(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(6, 3)).astype("float32")


def parameters(mirrored: bool = False, **methods) -> dict:
    asked = make_parameters(3, tau_steps=8)
    asked["training"] |= {"mirrored_view": mirrored}
    asked["methods"] |= methods
    return asked


def reading(*runs: Run, held_out: tuple[Run, ...] = (), **asked) -> Readings:
    return read(
        _by_method(runs), _by_method(held_out), counts_of(*COUNTS), parameters(**asked)
    )


def _by_method(runs: tuple[Run, ...]) -> dict[str, list[Run]]:
    names = dict.fromkeys(run.setup.method for run in runs)
    return {name: [run for run in runs if run.setup.method == name] for name in names}


def assert_same(one: Readings, other: Readings) -> None:
    for name in (field.name for field in fields(Readings)):
        mine, theirs = getattr(one, name), getattr(other, name)
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
        else:
            np.testing.assert_equal(mine, theirs)


def test_an_answer_by_hand():
    readings = reading(run_of(naming([0, 0, 1, 0, 0, 0])))
    row = readings.answers.iloc[0].to_dict()
    assert math.isnan(row.pop("tau"))
    assert row == {"method": "erm", "seed": 0, "view": "plain", "choice": "fixed"}
    assert readings.confusions[0].tolist() == [[2, 0, 0], [1, 1, 0], [2, 0, 0]]
    # All win by one nat: a confidence of e / (e + 2) = 0.576, in the ninth 15th.
    expected = np.zeros((15, 3))
    expected[8] = 6, 6 * math.e / (math.e + 2), 3
    np.testing.assert_allclose(readings.bins[0], expected)


def test_an_adjusted_answer_by_hand():
    # At 1, c gains log(90) = 4.5 nats on a, and log(9) = 2.2 on b, which wins by 100.
    readings = reading(run_of(unsure_of_the_tail(margin=4)))
    row = readings.answers.query(f"method == '{ADJUSTED}' and choice == 'fixed'")
    assert row["tau"].item() == 1.0
    confusion = readings.confusions[row.index[0]]
    assert confusion.tolist() == [[2, 0, 0], [0, 2, 0], [0, 0, 2]]
    # Of the two images of c: log(90) - 4 nats more than a, and log(9) more than b.
    sure = 1 / (1 + math.exp(4) / 90 + 1 / 9)
    at = math.ceil(15 * sure) - 1
    bins = readings.bins[row.index[0]]
    assert bins[at] == pytest.approx([2, 2 * sure, 2])
    assert bins[14] == pytest.approx([4, 4, 4])


def test_a_fixed_tau_is_that_of_the_parameters():
    run = run_of(unsure_of_the_tail(margin=7))
    chosen = reading(run, posthoc_logit_adjusted={"tau": 1.7}).of(choice=Choice.FIXED)
    assert chosen.set_index("method")["tau"].fillna(-1).to_dict() == {
        **{"erm": -1, "weight_normalised": 1, ADJUSTED: 1.7}
    }
    accuracies = [
        np.trace(reading(run, posthoc_logit_adjusted={"tau": tau}).confusions[3]) / 6
        for tau in (1.5, 1.7)
    ]
    assert accuracies == pytest.approx([4 / 6, 1])  # c wins from 7 / 4.5 = 1.56 on


def test_tau_is_chosen_for_each_seed_and_by_the_oracle_also_for_all():
    readings = reading(
        run_of(unsure_of_the_tail(14), seed=3),
        run_of(unsure_of_the_tail(3), seed=7),
        held_out=[
            run_of(unsure_of_the_tail(6), "erm", 3, Part.HELD_OUT, (40, 9, 1)),
            run_of(unsure_of_the_tail(10), "erm", 7, Part.HELD_OUT, (40, 9, 1)),
        ],
    )
    # c wins once tau * log(n_a / n_c) is more than the margin: of 90 images, from
    # 14 / 4.5 and 3 / 4.5 on; of 40, from 6 / 3.7 and 10 / 3.7 on. Then all are right.
    rows = readings.answers[readings.answers["method"] == ADJUSTED]
    chosen = {(row.seed, row.choice): row.tau for row in rows.itertuples()}
    assert chosen == {
        **{(3, "fixed"): 1.0, (3, "held-out"): 2.0},
        **{(3, "oracle for all"): 3.5, (3, "oracle per seed"): 3.5},
        **{(7, "fixed"): 1.0, (7, "held-out"): 3.0},
        **{(7, "oracle for all"): 3.5, (7, "oracle per seed"): 1.0},
    }
    # Adjusted by the counts of all 90 images: 2 * 4.5 is less than 14 still.
    right = {
        (row.seed, row.choice): np.trace(readings.confusions[row.Index])
        for row in rows.itertuples()
    }
    assert right == {
        **{(3, "fixed"): 4, (3, "held-out"): 4},
        **{(3, "oracle for all"): 6, (3, "oracle per seed"): 6},
        **{(7, "fixed"): 6, (7, "held-out"): 6},
        **{(7, "oracle for all"): 6, (7, "oracle per seed"): 6},
    }


def test_the_tau_for_all_seeds_is_the_best_of_their_mean():
    # c is right from 3 / 4.5 on, and from 7 / 4.5; a until 9 / 4.5, and until 11 / 4.5.
    one, other = (unsure_of_the_tail(margin) for margin in (3, 7))
    one[:2, 0], other[:2, 0] = 9, 11
    readings = reading(run_of(one, seed=3), run_of(other, seed=7))
    rows = readings.answers[readings.answers["method"] == ADJUSTED]
    assert rows.set_index(["choice", "seed"])["tau"].to_dict() == {
        **{("fixed", 3): 1.0, ("fixed", 7): 1.0},
        **{("oracle for all", 3): 2.0, ("oracle for all", 7): 2.0},
        **{("oracle per seed", 3): 1.0, ("oracle per seed", 7): 2.0},
    }


def test_a_class_of_which_nothing_is_held_out_chooses_no_tau():
    labels = {Part.HELD_OUT: np.array([0, 0, 1, 1, 1, 1])}
    held_out = run_of(naming(LABELS), part=Part.HELD_OUT, labels=labels)
    readings = reading(run_of(naming(LABELS)), held_out=[held_out])
    sweep = readings.sweeps.query(f"method == '{ADJUSTED}' and part == 'held_out'")
    assert sweep.set_index("label")["accuracy"].isna()[2].all()
    # Two of b are taken for c at any tau, and others too from 1 / log(90) on.
    tau = readings.of(choice=Choice.HELD_OUT).set_index("method")["tau"][ADJUSTED]
    assert tau == 0.0


def test_without_images_held_out_there_is_no_such_answer():
    readings = reading(run_of(naming(LABELS)))
    by_method = readings.answers.groupby("method")["choice"].agg(list).to_dict()
    assert by_method == {
        "erm": ["fixed"],
        "weight_normalised": ["fixed", "oracle for all"],
        ADJUSTED: ["fixed", "oracle for all"],
    }
    assert set(readings.sweeps["part"]) == {"test"}


def test_answers_are_in_the_order_of_the_registry_and_then_of_the_seeds():
    right = naming(LABELS)
    runs = [run_of(right, name, seed) for name in reversed(TRAINED) for seed in (7, 3)]
    held_out = [run_of(right, "erm", seed, Part.HELD_OUT) for seed in (7, 3)]
    rows = reading(*runs, held_out=held_out).answers
    assert rows["method"].drop_duplicates().tolist() == list(METHODS)
    for method, of_method in rows.groupby("method"):
        choices = POSTHOC_TAUS if method in POSTHOC else ["fixed"]
        expected = [(seed, choice) for seed in (7, 3) for choice in choices]
        told = zip(of_method["seed"], of_method["choice"], strict=True)
        assert list(told) == expected


def test_experts_answer_with_the_mean_of_their_probabilities():
    members = COMBINED["tau_experts"].members
    # An image of a: two experts give it 0.2, and one 0.9; the mean is 0.43.
    said = [[0.2, 0.5, 0.3], [0.2, 0.3, 0.5], [0.9, 0.05, 0.05]]
    runs = [
        run_of(np.tile(np.log(shares).astype("float32"), (6, 1)) + shift, name, seed)
        for seed in (7, 3)
        for shift, (name, shares) in enumerate(zip(members, said, strict=True))
    ]
    readings = reading(*runs)
    of_experts = readings.answers[readings.answers["method"] == "tau_experts"]
    assert of_experts["seed"].tolist() == [7, 3]
    assert of_experts["choice"].tolist() == ["fixed", "fixed"]
    for row in of_experts.itertuples():
        assert readings.confusions[row.Index].tolist() == [[2, 0, 0]] * 3
        confidence = readings.bins[row.Index][:, 1].sum() / 6
        assert confidence == pytest.approx(1.3 / 3)


@pytest.mark.parametrize(
    "other", [{"seed": 7}, {"labels": {Part.TEST: LABELS[::-1].copy()}}], ids=repr
)
def test_members_of_other_seeds_or_images_are_not_read_together(other):
    names = COMBINED["tau_experts"].members
    changes = [{}, other, {}]
    runs = [
        run_of(naming(LABELS), name, **{"seed": 3, **change})
        for name, change in zip(names, changes, strict=True)
    ]
    with pytest.raises(InputError, match="Expected logit_adjusted, seed 3, on the im"):
        reading(*runs)


def test_without_one_of_its_members_a_combined_method_is_not_read():
    runs = [run_of(naming(LABELS), name) for name in ("erm", "logit_adjusted")]
    assert "tau_experts" not in {*reading(*runs).answers["method"]}


def test_the_sweep_is_each_adjustment_on_its_own():
    norms, bias = np.array([4.0, 1.0, 0.5]), np.array([0.3, 0.0, -0.2])
    counts = {Part.TEST: COUNTS, Part.HELD_OUT: (40, 9, 1)}
    parts = {p: LastLayer(np.array(n), norms, bias) for p, n in counts.items()}
    test, held_out = (
        run_of(random_logits(seed), part=part, last_layer=layer)
        for seed, (part, layer) in enumerate(parts.items())
    )
    sweeps = reading(
        test, held_out=[held_out], posthoc_logit_adjusted={"tau": 0.7}
    ).sweeps
    assert len(sweeps) == 2 * 2 * 9 * 3
    keys = ["method", "part", "tau", "label"]
    by_key = sweeps.set_index(keys)["accuracy"].sort_index()
    assert by_key.index.is_unique
    for run, (part, layer) in zip((test, held_out), parts.items(), strict=True):
        logits = run.logits[part, View.PLAIN]
        for tau in TAUS:
            adjusted = {
                ADJUSTED: adjust_logits(logits, layer.class_counts, tau),
                "weight_normalised": normalise_weights(logits, norms, bias, tau),
            }
            for method, answers in adjusted.items():
                right = answers.argmax(axis=1) == LABELS
                expected = right.reshape(3, 2).mean(axis=1)
                np.testing.assert_array_equal(by_key[method, part, tau], expected)


def test_mirrored_views_are_read_where_the_parameters_ask_for_them():
    run = run_of(naming([0] * 6), mirrored=naming(LABELS))
    held_out = run_of(naming(LABELS), part=Part.HELD_OUT)
    plain = reading(run, held_out=[held_out])
    both = reading(run, held_out=[held_out], mirrored=True)
    assert set(plain.answers["view"]) == {"plain"}
    assert len(both.answers) == 2 * len(plain.answers)
    views = both.of(View.PLAIN), both.of(View.MIRRORED)
    of_plain, of_mirrored = (both.confusions[view.index] for view in views)
    np.testing.assert_array_equal(of_plain, plain.confusions)
    assert np.trace(of_plain[0]) == 2 and np.trace(of_mirrored[0]) == 6
    # What was chosen is the same in both: it was chosen in the plain view.
    keys = ["method", "seed", "choice", "tau"]
    pd.testing.assert_frame_equal(
        *(view[keys].reset_index(drop=True) for view in views)
    )
    for name in ("sweeps", "curves", "trainings"):
        pd.testing.assert_frame_equal(getattr(both, name), getattr(plain, name))


def test_last_layers_are_those_of_the_networks():
    norms, bias = np.array([4.0, 1.0, 0.5]), np.array([0.3, 0.0, 1.0])
    layers = {seed: LastLayer(np.array(COUNTS), norms, bias + seed) for seed in (0, 2)}
    runs = [run_of(naming(LABELS), seed=s, last_layer=z) for s, z in layers.items()]
    assert reading(*runs).last_layers.to_dict("list") == {
        "method": ["erm"] * 6,
        "seed": [0, 0, 0, 2, 2, 2],
        "label": [0, 1, 2] * 2,
        "weight_norm": [4.0, 1.0, 0.5] * 2,
        "bias": [0.3, 0.0, 1.0, 2.3, 2.0, 3.0],
    }


def test_trainings_tell_their_costs_setup_and_the_tau_of_their_loss():
    right = naming(LABELS)
    runs = run_of(right), run_of(right, "logit_adjusted", weights=40)
    table = reading(*runs, logit_adjusted={"tau": 1.5}).trainings
    assert table["tau"].fillna(-1).tolist() == [-1, 1.5]
    assert table.drop(columns="tau").to_dict("list") == {
        "method": ["erm", "logit_adjusted"],
        "seed": [0, 0],
        "epochs": [2, 2],
        "samples_seen": [200, 200],
        "weights": [30, 40],
        "training_seconds": [3.0, 3.0],
        "setup": [run.setup.digest for run in runs],
    }


def test_curves_are_those_of_the_methods_over_the_seeds():
    runs = [run_of(naming(LABELS), seed=seed) for seed in (0, 1)]
    second = runs[1].accuracies.assign(accuracy=[0.35, 1 / 3])
    curves = reading(runs[0], replace(runs[1], accuracies=second)).curves
    rows = {(r.method, r.images, r.epoch): r for r in curves.itertuples()}
    assert set(rows) == {
        *(("erm", images, epoch) for images in ("train", "test") for epoch in (1, 2)),
        ("weight_normalised", "test", 2),
        (ADJUSTED, "test", 2),
    }
    first = rows["erm", "test", 1]
    assert (first.mean, first.low, first.high) == pytest.approx((0.3, 0.25, 0.35))
    # From log(90) = 4.5 > 1 on, c is named everywhere.
    assert rows[ADJUSTED, "test", 2].mean == pytest.approx(1 / 3)
    assert rows["weight_normalised", "test", 2].mean == 1.0


def test_it_is_told_in_what_the_runs_differ_those_held_out_among_them():
    right, here = naming(LABELS), {"keras": "3.15.1", "device": "cpu:0"}
    runs = [
        run_of(right, made_with=here),
        run_of(right, seed=1, made_with=here | {"keras": "3.16"}),
    ]
    elsewhere = here | {"device": "a laptop"}
    held_out = run_of(right, part=Part.HELD_OUT, made_with=elsewhere)
    alone = reading(*runs).made_with
    assert alone.to_dict("list") == {
        "what": ["keras", "device"],
        "values": ["3.15.1, 3.16", "cpu:0"],
        "differs": [True, False],
    }
    both = reading(*runs, held_out=[held_out]).made_with
    assert both["differs"].tolist() == [True, True]


def test_parameters_and_class_counts_are_those_that_were_asked_for():
    readings = reading(run_of(naming(LABELS)), posthoc_logit_adjusted={"tau": 0.7})
    assert readings.parameters == parameters(posthoc_logit_adjusted={"tau": 0.7})
    pd.testing.assert_frame_equal(readings.class_counts, counts_of(*COUNTS))


def test_readings_of_stored_runs_are_the_same_to_the_last_digit(tmp_path):
    store = RunStore(tmp_path)
    layer = LastLayer(np.array(COUNTS), np.array([1 / 3, 0.7, 2 / 7]), np.full(3, 0.1))
    logits = {seed: random_logits(seed) for seed in (0, 1)}
    test, held_out = (
        [
            run_of(z, seed=seed, part=part, mirrored=z[::-1] / 3, last_layer=layer)
            for seed, z in logits.items()
        ]
        for part in (Part.TEST, Part.HELD_OUT)
    )
    for run in (*test, *held_out):
        store.add(run)
    stored = [{"erm": store.demand(runs[0].setup, [0, 1])} for runs in (test, held_out)]
    again = read(*stored, counts_of(*COUNTS), parameters(mirrored=True))
    assert_same(again, reading(*test, held_out=held_out, mirrored=True))


def test_reading_leaves_the_runs_as_they_are():
    run, held_out = run_of(random_logits()), run_of(random_logits(), part=Part.HELD_OUT)
    for one in (run, held_out):
        arrays = (*one.logits.values(), *one.labels.values())
        for array in (*arrays, *vars(one.last_layer).values()):
            array.flags.writeable = False
    tables = run.epochs.copy(), run.accuracies.copy()
    first = reading(run, held_out=[held_out])
    assert_same(reading(run, held_out=[held_out]), first)
    pd.testing.assert_frame_equal(run.epochs, tables[0])
    pd.testing.assert_frame_equal(run.accuracies, tables[1])


def test_tau_is_chosen_on_a_validation_set_of_the_same_training():
    # On the test set c wins from 7 / 4.5 = 1.56 on, on the validation set from 0.67 on.
    run = run_of(unsure_of_the_tail(margin=7))
    aside = run_of(unsure_of_the_tail(margin=3))
    logits = {(Part.VALIDATION, v): aside.logits[Part.TEST, v] for v in View}
    both = replace(
        run,
        logits=run.logits | logits,
        labels=run.labels | {Part.VALIDATION: aside.labels[Part.TEST]},
    )
    chosen = reading(both).answers.query(f"method == '{ADJUSTED}'")
    assert chosen.set_index("choice")["tau"].to_dict() == {
        **{"fixed": 1.0, "validation": 1.0, "oracle for all": 2.0}
    }
    assert "validation" not in reading(run).answers["choice"].array
