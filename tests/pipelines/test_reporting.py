import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import exponential_profile
from logit_adjustment_kedro.longtail.methods import METHODS as REGISTRY
from logit_adjustment_kedro.longtail.methods import POSTHOC as EVERY_POSTHOC
from logit_adjustment_kedro.longtail.methods import TABLE_1
from logit_adjustment_kedro.pipelines.reporting import create_pipeline, nodes
from logit_adjustment_kedro.pipelines.reporting.params import Reporting

BETAS = [1, 0.999, 0.99, 0]
METHODS = {name: REGISTRY[name] for name in TABLE_1}
POSTHOC = {name: METHODS[name] for name in METHODS if name in EVERY_POSTHOC}
TRAINED = {name: METHODS[name] for name in METHODS if name not in EVERY_POSTHOC}


def class_counts_of(counts) -> pd.DataFrame:
    names = [f"class {label}" for label in range(len(counts))]
    return pd.DataFrame(
        {"label": range(len(counts)), "class_name": names, "count": counts}
    )


def predictions_of(answers: dict[int, list[int]], labels: list[int]) -> pd.DataFrame:
    """Predictions in which, seed by seed, these classes have the largest logit."""
    tables = []
    for seed, classes in answers.items():
        logits = np.eye(max(labels) + 1, dtype=np.float32)[classes]
        table = pd.DataFrame(logits).add_prefix("logit_")
        tables.append(
            pd.DataFrame({"seed": seed, "view": "plain", "label": labels}).join(table)
        )
    return pd.concat(tables, ignore_index=True)


def random_inputs(num_classes: int, epochs: int, seeds: int = 2) -> dict:
    random = np.random.default_rng(0)
    labels = np.tile(np.arange(num_classes), 3)
    logits = random.normal(size=(seeds * len(labels), num_classes)).astype(np.float32)
    predictions = (
        pd.DataFrame(logits)
        .add_prefix("logit_")
        .assign(
            seed=np.repeat(range(seeds), len(labels)),
            view="plain",
            label=np.tile(labels, seeds),
        )
    )
    history = pd.DataFrame(
        {
            "seed": np.repeat(range(seeds), epochs),
            "epoch": np.tile(np.arange(1, epochs + 1), seeds),
            "learning_rate": 0.1,
            "train_loss": 1.0,
            "seconds": 2.0,
        }
    )
    for name in ["train", "test", *(f"{posthoc}_test" for posthoc in POSTHOC)]:
        history[f"{name}_accuracy"] = random.uniform(size=len(history))
    return {
        "class_counts": class_counts_of(exponential_profile(500, num_classes, 100)),
        "params:reporting": Reporting(betas=BETAS),
        **{f"{method}.predictions": predictions for method in METHODS},
        **{f"{method}.history": history for method in TRAINED},
    }


def run(inputs: dict) -> dict:
    catalog = DataCatalog({k: MemoryDataset(v) for k, v in inputs.items()})
    outputs = SequentialRunner().run(create_pipeline(), catalog)
    return {name: dataset.load() for name, dataset in outputs.items()}


def test_the_free_inputs_follow_from_the_registry():
    assert create_pipeline().inputs() == {
        "class_counts",
        "params:reporting",
        *(f"{method}.predictions" for method in METHODS),
        *(f"{method}.history" for method in TRAINED),
    }


def test_methods_of_different_seeds_are_not_compared():
    labels = [0, 1]
    one = nodes.score(predictions_of({0: [0, 1]}, labels))
    two = nodes.score(predictions_of({0: [0, 1], 1: [0, 1]}, labels))
    with pytest.raises(InputError, match="numbers of seeds: erm 1, logit_adjusted 2"):
        nodes.accuracy_table(erm=one, logit_adjusted=two)


def test_methods_of_different_length_are_not_compared():
    inputs = random_inputs(num_classes=3, epochs=4)
    shorter = inputs["erm.history"].query("epoch <= 3")
    with pytest.raises(InputError, match="numbers of epochs: erm 3, logit_adjusted 4"):
        run(inputs | {"erm.history": shorter})


def test_accuracy_and_its_standard_deviation_over_the_seeds():
    labels = [0, 0, 1, 1]
    erm = predictions_of({0: [0, 0, 0, 0], 7: [0, 0, 1, 1]}, labels)
    logit_adjusted = predictions_of({0: [0, 1, 1, 1], 7: [0, 1, 1, 1]}, labels)

    table = nodes.accuracy_table(
        logit_adjusted=nodes.score(logit_adjusted), erm=nodes.score(erm)
    )

    # ERM: 2/4 and 4/4, so a mean of 0.75 and a standard deviation of
    # sqrt((0.25^2 + 0.25^2) / 1).
    assert table.columns.tolist() == ["method", "accuracy", "accuracy_std", "n_seeds"]
    assert table["method"].tolist() == ["logit_adjusted", "erm"]
    assert table["accuracy"].tolist() == [0.75, 0.75]
    assert table["accuracy_std"].tolist() == pytest.approx([0, math.sqrt(0.125)])
    assert table["n_seeds"].tolist() == [2, 2]


def test_accuracy_weighs_images_not_classes():
    scores = nodes.score(predictions_of({0: [0, 0, 0, 0]}, [0, 0, 0, 1]))

    assert nodes.accuracy_table(erm=scores)["accuracy"].item() == 0.75


def test_the_mirrored_view_stands_beside_the_plain_one():
    labels = [0, 0, 1, 1]
    plain = predictions_of({0: [0, 0, 0, 0], 1: [0, 0, 0, 1]}, labels)
    mirrored = predictions_of({0: [0, 1, 1, 1], 1: [0, 0, 1, 1]}, labels)
    both = pd.concat([plain, mirrored.assign(view="mirrored")])
    scores = nodes.score(both)
    table = nodes.accuracy_table(erm=scores)
    assert table.columns.tolist() == [
        "method",
        "accuracy",
        "accuracy_std",
        "n_seeds",
        "mirrored_accuracy",
        "mirrored_accuracy_std",
    ]
    row = table.iloc[0]
    assert (row["accuracy"], row["n_seeds"]) == (0.625, 2)
    assert row["mirrored_accuracy"] == 0.875
    assert row["mirrored_accuracy_std"] == pytest.approx(0.125 * 2**0.5)
    by_class = nodes.per_class_accuracy(class_counts_of([90, 10]), erm=scores)
    assert by_class["accuracy"].tolist() == [1.0, 0.25]


def test_one_seed_has_no_standard_deviation():
    scores = nodes.score(predictions_of({3: [0, 1]}, [0, 1]))

    table = nodes.accuracy_table(erm=scores)

    assert table["accuracy"].item() == 1
    assert math.isnan(table["accuracy_std"].item())
    assert table["n_seeds"].item() == 1


def test_logits_are_read_in_the_order_of_the_labels():
    labels = list(range(12))
    predictions = predictions_of({0: labels}, labels)
    as_strings = predictions[sorted(predictions.columns)]

    assert nodes.accuracy_table(erm=nodes.score(as_strings))["accuracy"].item() == 1


def test_per_class_accuracy_by_hand():
    labels = [0, 0, 1, 1]
    predictions = predictions_of({0: [0, 0, 1, 0], 1: [0, 1, 1, 1]}, labels)

    table = nodes.per_class_accuracy(
        class_counts_of([10, 90]), erm=nodes.score(predictions)
    )

    # Class 1: 1/2 and 2/2; class 0: 2/2 and 1/2.
    expected = pd.DataFrame(
        {
            "method": ["erm", "erm"],
            "label": [1, 0],
            "class_name": ["class 1", "class 0"],
            "count": [90, 10],
            "accuracy": [0.75, 0.75],
            "accuracy_std": [math.sqrt(0.125)] * 2,
        }
    )
    pd.testing.assert_frame_equal(table, expected)


def test_a_class_without_a_test_image_has_no_accuracy():
    scores = nodes.score(predictions_of({0: [0, 2]}, [0, 2]))

    table = nodes.per_class_accuracy(class_counts_of([3, 2, 1]), erm=scores)

    assert table["class_name"].tolist() == ["class 0", "class 1", "class 2"]
    assert table["accuracy"].fillna(-1).tolist() == [1, -1, 1]


@pytest.mark.parametrize(
    ("beta", "ratio"), [(1, 100), (0.999, 20.36), (0.99, 2.53), (0, 1)]
)
def test_head_over_tail_of_the_effective_probability_on_cifar10_lt(beta, ratio):
    counts = class_counts_of(exponential_profile(5000, 10, 100))

    table = nodes.effective_probabilities(counts, Reporting(betas=[beta]))

    assert table["class_rank"].tolist() == list(range(1, 11))
    assert table["probability"].sum() == pytest.approx(1)
    probabilities = table["probability"]
    assert probabilities.iloc[0] / probabilities.iloc[-1] == pytest.approx(
        ratio, abs=0.005
    )


def test_effective_probabilities_list_every_beta_in_order():
    table = nodes.effective_probabilities(
        class_counts_of([3, 2]), Reporting(betas=[0, 1])
    )

    assert table.columns.tolist() == ["class_rank", "class_name", "beta", "probability"]
    assert table["beta"].tolist() == [0, 0, 1, 1]
    assert table["probability"].tolist() == pytest.approx([0.5, 0.5, 0.6, 0.4])


def test_ranks_go_by_count_and_ties_by_label():
    table = nodes.effective_probabilities(
        class_counts_of([5, 20, 5, 10]), Reporting(betas=[1])
    )

    assert table["class_rank"].tolist() == [1, 2, 3, 4]
    assert table["class_name"].tolist() == ["class 1", "class 3", "class 0", "class 2"]
    assert table["probability"].tolist() == [0.5, 0.25, 0.125, 0.125]


def test_class_names_that_came_back_as_numbers_are_names_again():
    counts = class_counts_of([3, 2]).assign(class_name=[0, 1])

    table = nodes.effective_probabilities(counts, Reporting(betas=[1]))

    assert table["class_name"].tolist() == ["0", "1"]


@pytest.mark.parametrize("beta", [-0.001, 1.001])
def test_betas_outside_the_unit_interval_are_refused(beta):
    with pytest.raises(ValueError, match=rf"betas.1: .*\[0, 1\]. Received: {beta}"):
        Reporting.model_validate({"betas": [0.5, beta]})


def test_at_least_one_beta_is_needed():
    with pytest.raises(ValueError, match="betas: List should have at least 1 item"):
        Reporting.model_validate({"betas": []})


def test_long_histories_are_thinned_and_keep_the_last_epoch():
    history = random_inputs(num_classes=2, epochs=1419)["erm.history"]

    summary = nodes.summarise(history)

    drawn = summary.loc[summary["curve"] == "test_accuracy", "epoch"]
    assert drawn.max() == 1419
    assert 100 < len(drawn) <= nodes.MAX_EPOCHS_DRAWN
    assert drawn.diff().dropna().unique().tolist() == [8]


def test_histories_are_summarised_over_the_seeds():
    history = pd.DataFrame(
        {"seed": [0, 1, 2], "epoch": 1, "test_accuracy": [0.1, 0.6, 0.2], "seconds": 1}
    )

    (summary,) = nodes.summarise(history).to_dict("records")

    assert summary["curve"] == "test_accuracy"
    assert summary["mean"] == pytest.approx(0.3)
    assert (summary["low"], summary["high"]) == (0.1, 0.6)


@pytest.mark.parametrize(("num_classes", "epochs"), [(10, 2), (100, 1419)])
def test_the_whole_pipeline(num_classes, epochs):
    inputs = random_inputs(num_classes, epochs)

    outputs = run(inputs)

    assert outputs["accuracy_table"]["method"].tolist() == list(METHODS)
    assert len(outputs["per_class_accuracy"]) == len(METHODS) * num_classes
    for name in ("beta_chart", "per_class_chart", "learning_curves"):
        assert "vega-lite" in outputs[name].to_dict()["$schema"]


def test_the_learning_curves_show_every_method_on_the_test_set():
    history = pd.DataFrame(
        {"seed": 0, "epoch": [1], "train_accuracy": 0.9, "test_accuracy": 0.5}
    )
    for posthoc in POSTHOC:
        history[f"{posthoc}_test_accuracy"] = 0.6

    spec = nodes.learning_curves(
        **{method: nodes.summarise(history) for method in TRAINED}
    ).to_dict()

    (rows,) = spec["datasets"].values()
    shown = {(row["method"], row["images"]): row["mean"] for row in rows}
    assert shown == {
        **{(method.title, "Training set"): 0.9 for method in TRAINED.values()},
        **{(method.title, "Test set"): 0.5 for method in TRAINED.values()},
        **{(method.title, "Test set"): 0.6 for method in POSTHOC.values()},
    }


def test_a_hundred_classes_are_gathered_in_ten_groups_by_rank():
    labels = list(range(100))
    scores = nodes.score(predictions_of({0: [0] * 100}, labels))
    counts = class_counts_of(exponential_profile(500, 100, 100))

    spec = nodes.per_class_chart(counts, erm=scores).to_dict()

    groups, classes = sorted(spec["datasets"].values(), key=len)
    means = {row["group"]: row["mean"] for row in groups}
    assert len(means) == 10
    # Class 0 alone is named rightly, and it is one of ten in the first group.
    assert means["500–328 · ranks 1–10"] == 0.1
    assert means["7–5 · ranks 91–100"] == 0
    assert len(classes) == 100


def test_neither_tensorflow_nor_keras_is_imported():
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from test_reporting import random_inputs, run
run(random_inputs(num_classes=10, epochs=2))
loaded = {{"tensorflow", "keras"}} & set(sys.modules)
sys.exit(f"imported: {{loaded}}" if loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_altair_is_not_imported_before_a_chart_is_drawn():
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from logit_adjustment_kedro.pipelines.reporting import create_pipeline
create_pipeline()
sys.exit("altair" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
