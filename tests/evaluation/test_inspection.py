"""What is found out of images before anyone trains on them."""

import base64
import re
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from logit_adjustment_kedro.evaluation.inspection import inspect
from logit_adjustment_kedro.evaluation.inspection_page import Costs, render
from logit_adjustment_kedro.images import FeatureSet, ImageSet
from logit_adjustment_kedro.longtail.groups import Groups

NAMES = ("cat", "dog", "<b>emu")
GROUPS = Groups(by="rank", head=1, tail=3)
NONE, LAST = np.array([], int), np.array([9])


def image_set(*counts: int, seed: int, files: bool = False) -> ImageSet:
    labels = np.repeat(range(3), counts)
    pixels = np.random.default_rng(seed).integers(0, 256, (len(labels), 4, 4, 3))
    names = [f"{NAMES[y]}/{i}.png" for i, y in enumerate(labels)]
    return ImageSet(
        pixels.astype("uint8"),
        labels,
        NAMES,
        origin="a folder",
        files=np.array(names, dtype=str) if files else None,
    )


def parts(train=(9, 6, 5), validation=(0, 0, 0), test=(2, 2, 2), **options):
    sets = (train, validation, test)
    return {
        name: image_set(*counts, seed=seed, **options)
        for seed, (name, counts) in enumerate(zip(PARTS, sets, strict=True))
    }


PARTS = ("train", "validation", "test")


def test_nothing_is_found_where_nothing_is_wrong():
    assert inspect(parts(), GROUPS).troubles == []


def test_images_are_counted_by_class_and_part():
    counts = inspect(parts(validation=(1, 0, 2)), GROUPS).counts
    assert counts.to_dict("list") == {
        "label": [0, 1, 2],
        "class_name": list(NAMES),
        "train": [9, 6, 5],
        "validation": [1, 0, 2],
        "test": [2, 2, 2],
    }


def test_thin_and_untested_classes_are_named():
    few, untested, imbalanced = inspect(
        parts(train=(9, 4, 1), test=(3, 1, 0)), GROUPS
    ).troubles
    assert few == "Fewer than 5 training images: dog (4), <b>emu (1)."
    assert untested.endswith("report: <b>emu.")
    assert "from 0 to 3 images of a class" in imbalanced


def test_the_same_image_in_two_parts_is_found_by_its_pixels():
    given = parts(files=True)
    pixels = given["test"].pixels.copy()
    pixels[3] = given["train"].pixels[7]
    given["test"] = replace(given["test"], pixels=pixels)
    (shared,) = inspect(given, GROUPS).troubles
    assert shared.endswith("figures: cat/7.png = dog/3.png.")


def test_an_image_twice_in_one_part_is_no_trouble():
    given = parts()
    pixels = given["train"].pixels.copy()
    pixels[1] = pixels[0]
    given["train"] = replace(given["train"], pixels=pixels)
    assert inspect(given, GROUPS).troubles == []


def test_empty_images_are_named_and_of_many_some():
    given = parts(train=(9, 8, 5))
    pixels = given["train"].pixels.copy()
    pixels[2:9] = 130
    given["train"] = replace(given["train"], pixels=pixels)
    (empty,) = inspect(given, GROUPS).troubles
    assert "train image 2 (cat), train image 3 (cat)" in empty
    assert empty.endswith("train image 6 (cat) and 2 more.")


@pytest.mark.parametrize(
    ("count", "outlier", "told"), [(40, 90, True), (20, 90, False), (40, 200, False)]
)
def test_a_class_that_brightness_tells_from_all_others_is_named(count, outlier, told):
    """Of twenty images it may be chance; and one of another class may be as bright."""
    labels = np.repeat([0, 1, 2], [40, 40, count])
    noise = np.random.default_rng(0).integers(-20, 21, (len(labels), 4, 4, 1))
    pixels = np.array([90, 100, 200])[labels][:, None, None, None] + noise
    pixels[0] = outlier
    train = ImageSet(pixels.astype("uint8"), labels, NAMES, origin="levels")
    given = {"train": train, "validation": train.take(NONE), "test": train.take(LAST)}
    troubles = [t for t in inspect(given, GROUPS).troubles if "bright" in t]
    assert len(troubles) == told
    assert all("as bright as those of <b>emu (19" in trouble for trouble in troubles)


def test_rows_that_are_not_meant_are_not_looked_at():
    given = parts()
    pixels = given["train"].pixels.copy()
    pixels[0] = 0
    given["train"] = replace(given["train"], pixels=pixels).take(np.arange(1, 20))
    assert inspect(given, GROUPS).troubles == []


COSTS = Costs(
    epochs=11,
    network="whitened",
    minutes=4.4,
    gigabytes=1.24,
    seeds=1,
    held_out=False,
)


def page_of(given, costs=None) -> str:
    return render(inspect(given, GROUPS), given["train"], "photos", costs)


def test_the_page_shows_the_first_images_of_head_medium_and_tail():
    given = parts(train=(9, 6, 2))
    page = page_of(given)
    assert str(GROUPS) in page
    titles = re.findall(r'alt="([^"]*)"', page)
    assert [title.partition(",")[0] for title in titles] == [
        *("Head: cat", "Medium: dog", "Tail: &lt;b&gt;emu")
    ]
    strips = [
        np.asarray(Image.open(BytesIO(base64.b64decode(png))))
        for png in re.findall(r"base64,([^\"]*)", page)
    ]
    assert [strip.shape for strip in strips] == [
        (4, 8 * 6, 3),
        (4, 6 * 6, 3),
        (4, 12, 3),
    ]
    np.testing.assert_array_equal(strips[1][:, :4], given["train"].pixels[9])
    np.testing.assert_array_equal(strips[1][:, 6:10], given["train"].pixels[10])


def test_the_rarest_class_is_shown_too():
    groups = Groups(by="rank", head=1, tail=2)
    pictured = [sample.title for sample in inspect(parts((9, 6, 2)), groups).samples]
    assert pictured == [
        "Head: cat, 9 training images",
        "Tail: dog, 6 training images",
        "Tail: <b>emu, 2 training images",
    ]
    pictured = [sample.title for sample in inspect(parts((9, 6, 0)), groups).samples]
    assert [title.partition(",")[0] for title in pictured] == ["Head: cat", "Tail: dog"]


def test_of_many_classes_some_are_shown():
    labels = np.repeat(np.arange(21), [5, *[4] * 19, 3])
    pixels = np.arange(len(labels), dtype="uint8").reshape(-1, 1, 1, 1)
    many = ImageSet(pixels, labels, tuple(map(str, range(21))), origin="many")
    given = {"train": many, "validation": many.take(NONE), "test": many}
    shown = [sample.title.split(",")[0] for sample in inspect(given, GROUPS).samples]
    assert shown == ["Head: 0", "Medium: 1", "Tail: 2", "Tail: 20"]


def test_the_page_tells_what_to_type_next():
    page = page_of(parts(), COSTS)
    assert "Table 1 takes 2 trainings a seed, the report of all methods 10:" in page
    assert "with 1 seed about 9 minutes for the one and about 44 minutes for" in page
    assert "The same command without <code>--pipelines=inspect</code> trains" in page
    assert "image_size" not in page  # which only folders of pictures have


def test_of_pictures_that_were_resized_larger_ones_are_offered():
    given = {name: replace(images, fit="crop") for name, images in parts().items()}
    page = page_of(given, COSTS)
    assert "<code>image_size=8</code> makes larger images" in page


def test_grey_images_are_shown_too():
    given = {n: replace(s, pixels=s.pixels[..., :1]) for n, s in parts().items()}
    assert page_of(given).count("data:image/png") == 3


def test_names_are_escaped_and_parts_without_images_have_no_column():
    page = page_of(parts(train=(9, 4, 5)))
    assert "<b>emu" not in page
    assert "dog (4)" in page
    assert "Validation" not in page
    assert "Validation" in page_of(parts(validation=(1, 1, 1)))


@pytest.mark.parametrize(
    ("costs", "told"),
    [
        (COSTS, "about 4 minutes"),
        (replace(COSTS, minutes=0.2), "about one minute on"),
        (replace(COSTS, held_out=True), "the report of all methods 11:"),
        (
            replace(COSTS, seeds=3),
            "3 seeds about 26 minutes for the one and about 2.2 hours",
        ),
        (None, "cannot be trained on: see above"),
    ],
)
def test_the_page_tells_what_a_training_takes(costs, told):
    assert told in page_of(parts(), costs)


def test_of_features_there_are_no_samples_and_of_no_variance_no_trouble():
    features = np.arange(20, dtype="float32").reshape(10, 2)
    labels = np.repeat([0, 1, 2], [5, 4, 1])
    train = FeatureSet.of(features, labels, NAMES, origin="a/train.npz")
    given = {"train": train, "validation": train.take(NONE), "test": train.take(LAST)}
    page = page_of(given)
    assert "a/train.npz; 3 classes; 2 features a row." in page
    assert "Fewer than 5 training rows: dog (4), &lt;b&gt;emu (1)." in page
    assert "The same row in two parts" in page
    assert "train row 9 (&lt;b&gt;emu) = test row 0 (&lt;b&gt;emu)" in page
    assert "image" not in page.partition("<body>")[2]
