import numpy as np
import pandas as pd
import pytest
import yaml

from exported import FEATURES, IMAGES
from logit_adjustment_kedro.longtail.methods import METHODS, PosthocLogitAdjusted
from logit_adjustment_kedro.serving.export import FORMATS, about, card
from made_runs import make_run

GROUPS = pd.DataFrame(
    {
        "group": ["all", "many | few"],
        "accuracy": [0.875, 0.5],
        "lower": [0.85, np.nan],
        "upper": [0.9, np.nan],
    }
)


def text(method=None, target=None, samples=IMAGES, runs=None, **given):
    runs = runs or [make_run()]
    known = about(runs, method or PosthocLogitAdjusted(), samples, target)
    given = {"files": {"onnx": "model.onnx"}, "data": "birds"} | given
    return card(known, **given)


def front_matter(written):
    start, matter, rest = written.split("---\n", 2)
    assert (start, rest[0]) == ("", "\n")
    return yaml.safe_load(matter)


def test_the_front_matter_says_what_hugging_face_reads():
    matter = front_matter(text(groups=GROUPS, license="apache-2.0"))
    assert matter["library_name"] == "onnx"
    assert matter["license"] == "apache-2.0"
    assert matter["pipeline_tag"] == "image-classification"
    (model,) = matter["model-index"]
    (result,) = model["results"]
    assert result["dataset"]["name"] == "birds"
    values = {metric["name"]: metric["value"] for metric in result["metrics"]}
    assert values == {"accuracy, all": 0.875, "accuracy, many | few": 0.5}


def test_what_was_not_measured_is_said_and_not_in_the_index():
    written = text()
    assert "model-index" not in front_matter(written)
    assert "It has not been measured." in written


def test_accuracy_and_calibration_stand_in_tables():
    written = text(groups=GROUPS, calibration={"ECE": 0.03125})
    assert "| all | 87.5 % | 85.0 % to 90.0 % |" in written
    assert "| many \\| few | 50.0 % | – to – |" in written
    assert "| ECE | 0.0312 |" in written


def test_each_class_has_its_count_its_prior_and_its_target():
    method = METHODS["erm"]()
    written = text(method, np.array([0.5, 0.25, 0.25]))
    assert "| 0 | a | 20 | 0.6667 | 0.5 |" in written
    assert "| 2 | c | 2 | 0.06667 | 0.25 |" in written
    assert "for the target mix of classes below" in written
    assert "| 2 | c | 2 | 0.06667 | – |" in text(method)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("erm", "for the mix of classes called prior below"),
        ("posthoc_logit_adjusted", "for a mix with equally many images of each class"),
        ("weight_normalised", "for no mix of classes that is known"),
    ],
)
def test_the_card_says_for_which_mix_the_answers_are(name, says):
    assert says in text(METHODS[name]())


def test_each_format_is_loaded_in_a_few_lines():
    files = {name: f"model{kind.suffix}" for name, kind in FORMATS.items()}
    written = text(files=files, differences={"onnx": 2.4e-7})
    assert written.count("```python") == len(FORMATS)
    assert 'onnxruntime.InferenceSession("model.onnx")' in written
    assert 'images = numpy.zeros((1, 16, 20, 3), "uint8")' in written
    assert "by 2e-07 at most" in written


def test_features_are_no_images():
    written = text(samples=FEATURES)
    assert front_matter(written)["pipeline_tag"] == "tabular-classification"
    assert "`[N, 1, 1, 30] float32`" in written
    assert "resized" not in written


def test_the_mean_of_several_seeds_is_said():
    assert "The mean of 2 networks." in text(runs=[make_run(), make_run(seed=1)])
