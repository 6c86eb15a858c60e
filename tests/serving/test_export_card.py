import numpy as np
import pandas as pd
import pytest
import yaml

from exported import FEATURES, IMAGES
from logit_adjustment_kedro.longtail.groups import Groups
from logit_adjustment_kedro.longtail.methods import METHODS
from logit_adjustment_kedro.serving import Measured, Model
from logit_adjustment_kedro.serving.export import FORMATS
from logit_adjustment_kedro.serving.export.about import about
from logit_adjustment_kedro.serving.export.card import card
from made_runs import make_run, make_setup

ACCURACY = pd.DataFrame(
    {
        "group": ["all", "many | few"],
        "accuracy": [0.875, 0.5],
        "lower": [0.85, np.nan],
        "upper": [0.9, np.nan],
    }
)
MEASURED = Measured(ACCURACY, {"ECE": 0.03125}, Groups(by="count", head=1000, tail=20))


def text(
    name="posthoc_logit_adjusted",
    target=None,
    samples=IMAGES,
    seeds=(0,),
    kind="onnx",
    measured=MEASURED,
):
    runs = [
        make_run(make_setup(read), seed)
        for read in METHODS[name].reads()
        for seed in seeds
    ]
    known = about(Model(runs, METHODS[name](), target), samples, "crop", {})
    file = f"model{FORMATS[kind].suffix}"
    written = {"format": kind, "file": file, "samples": 12, "from_runs": 2.4e-7}
    known["written"] = written
    return card(known, measured, data="birds/hawks")


def front_matter(written):
    start, matter, rest = written.split("---\n", 2)
    assert (start, rest[0]) == ("", "\n")
    return yaml.safe_load(matter)


def test_the_front_matter_says_what_hugging_face_reads():
    matter = front_matter(text())
    assert matter["library_name"] == "onnx"
    assert matter["pipeline_tag"] == "image-classification"
    (model,) = matter["model-index"]
    assert model["name"] == "hawks, Post-hoc logit adjustment"
    (result,) = model["results"]
    assert result["dataset"]["name"] == "birds/hawks"
    values = {metric["name"]: metric["value"] for metric in result["metrics"]}
    assert values == {"accuracy, all": 0.875, "accuracy, many | few": 0.5}


def test_accuracy_and_calibration_stand_in_tables():
    written = text()
    assert "| all | 87.5 | 85.0 to 90.0 |" in written
    assert "| many \\| few | 50.0 | – to – |" in written
    assert "| ECE | 3.1 |" in written
    assert (
        "Head: classes of more than 1,000 training images; tail: of fewer than 20."
        in (written)
    )


def test_each_class_has_its_count_and_the_share_that_is_answered_for():
    written = text(target=np.array([0.5, 0.25, 0.25]))
    assert "| 0 | a | 20 | 0.5 |" in written
    assert "| 2 | c | 2 | 0.25 |" in written
    assert "for another mix of classes than that of the training" in written
    assert "| 2 | c | 2 | 0.06667 |" in text("erm")
    assert "| 2 | c | 2 | – |" in text("weight_normalised")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("erm", "for the mix of the training"),
        ("posthoc_logit_adjusted", "for equally many of each class"),
        ("weight_normalised", "for no mix of classes that is known"),
    ],
)
def test_the_card_says_for_which_mix_the_answers_are(name, says):
    assert says in text(name)


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_is_loaded_in_a_few_lines(kind):
    written = text(kind=kind)
    assert f'"model{FORMATS[kind].suffix}"' in written
    assert 'images = numpy.zeros((1, 16, 20, 3), "uint8")' in written
    assert "by\n2e-07 at most, on 12 test examples" in written


def test_features_are_no_images():
    written = text(samples=FEATURES)
    assert front_matter(written)["pipeline_tag"] == "tabular-classification"
    assert "`[N, 1, 1, 30] float32`" in written
    assert "resized" not in written


def test_the_mean_of_several_seeds_is_said():
    assert "The mean of 2 networks." in text(seeds=(0, 1))
    of_three = text("tau_experts", seeds=(0, 1))
    assert "The mean of 6 networks." in of_three
    for member in METHODS["tau_experts"].members:
        assert make_setup(member).digest in of_three
