"""The test images that all seeds together are surest to name wrongly."""

import base64
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image

from logit_adjustment_kedro.evaluation import Readings, read
from logit_adjustment_kedro.runs import Part, View
from made_runs import COUNTS, TEST, make_run
from readings_by_hand import counts_of, make_parameters

FILES = np.array([f"{label}/{row}.png" for row, label in enumerate(TEST.labels)])
PICTURED = replace(TEST, files=FILES)


def reading(*seeds: np.ndarray, test_set=PICTURED) -> Readings:
    runs = [
        make_run(
            seed=seed,
            logits={(Part.TEST, view): logits for view in View},
            labels={Part.TEST: TEST.labels},
        )
        for seed, logits in enumerate(seeds)
    ]
    parameters = make_parameters(3) | {"training": {"mirrored_view": False}}
    return read({"erm": runs}, {}, counts_of(*COUNTS), parameters, test_set)


def naming(sure: dict[int, float]) -> np.ndarray:
    """Right everywhere, but these rows are taken for the next class, by so much."""
    logits = 5 * np.eye(3, dtype="float32")[TEST.labels]
    for row, margin in sure.items():
        logits[row] = margin * np.eye(3)[(TEST.labels[row] + 1) % 3]
    return logits


def test_the_surest_of_all_seeds_comes_first():
    # Row 1 is wrong for one seed alone, and right on the mean of both.
    readings = reading(naming({1: 2, 4: 2, 7: 3}), naming({4: 2, 7: 3}))
    mistakes = readings.mistakes[readings.mistakes["method"] == "erm"]
    assert mistakes["file"].tolist() == ["1/7.png", "0/4.png"]
    assert mistakes["label"].tolist() == [1, 0]
    assert mistakes["predicted"].tolist() == [2, 1]
    expected = [np.exp(3) / (np.exp(3) + 2), np.exp(2) / (np.exp(2) + 2)]
    np.testing.assert_allclose(mistakes["confidence"], expected, rtol=1e-6)


def test_the_picture_is_that_of_the_image():
    (picture,) = reading(naming({4: 2})).mistakes.query("method == 'erm'")["picture"]
    shown = np.array(Image.open(BytesIO(base64.b64decode(picture))))
    np.testing.assert_array_equal(shown, TEST.images[4, ..., 0])


def test_there_are_at_most_six_of_a_method():
    readings = reading(naming(dict.fromkeys(range(9), 2.0)))
    assert (readings.mistakes.groupby("method").size() == 6).all()


def test_images_without_files_have_no_pictures():
    assert reading(naming({4: 2}), test_set=TEST).mistakes.empty
    assert reading(naming({4: 2}), test_set=None).mistakes.empty
