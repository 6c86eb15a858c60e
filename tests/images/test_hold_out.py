from dataclasses import replace

import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import ImageSet, hold_out


def image_set(*counts: int) -> ImageSet:
    """Images that all differ: the number of each is written into its pixels."""
    labels = np.repeat(np.arange(len(counts)), counts)
    pixels = np.arange(len(labels), dtype=np.uint8).repeat(4).reshape(-1, 2, 2, 1)
    return ImageSet(pixels, labels, ("cat", "dog", "emu"), origin="here")


def numbers(images: ImageSet) -> list[int]:
    return images.images[:, 0, 0, 0].tolist()


def test_every_class_that_can_is_held_out_and_left():
    images = image_set(20, 8, 1)
    rest, held = hold_out(images, 0.2, seed=0)
    assert held.class_counts().tolist() == [4, 2, 0]
    assert rest.class_counts().tolist() == [16, 6, 1]
    assert sorted(numbers(rest) + numbers(held)) == list(range(29))
    assert hold_out(image_set(20, 8, 2), 0.01, 0)[1].class_counts().tolist() == [1] * 3


def test_a_class_without_images_holds_none_out():
    rest, held = hold_out(image_set(10, 0, 5), 0.2, seed=0)
    assert held.class_counts().tolist() == [2, 0, 1]
    assert rest.class_counts().tolist() == [8, 0, 4]


def test_where_each_class_has_one_image_nothing_can_be_held_out():
    with pytest.raises(InputError, match="here: expected a class with two training"):
        hold_out(image_set(1, 1, 1), 0.2, seed=0)


def test_no_image_is_copied():
    images = image_set(20, 8, 1)
    for part in hold_out(images, 0.2, seed=0):
        assert part.pixels is images.pixels


def test_each_seed_holds_out_images_of_its_own():
    first, again, other = (
        numbers(hold_out(image_set(20, 8, 2), 0.2, seed)[1]) for seed in (0, 0, 1)
    )
    assert first == again != other


def test_groups_are_held_out_whole():
    patients = np.array([*"aabbccddeeffgghhiijj", *"klmnopqr", "s"])
    images = replace(image_set(20, 8, 1), groups=patients)
    for seed in range(5):
        rest, held = hold_out(images, 0.2, seed)
        assert not {*rest.groups} & {*held.groups}
        assert held.class_counts().tolist() == [4, 2, 0]
        assert sorted(numbers(rest) + numbers(held)) == list(range(29))
    assert {*hold_out(images, 0.2, 0)[1].groups} != {
        *hold_out(images, 0.2, 1)[1].groups
    }


def test_groups_that_must_all_train_are_told():
    images = image_set(4, 3, 2)
    alone = replace(images, groups=np.array(["x", "y", "z"])[images.labels])
    told = "^here: expected groups of which one can be held out. Received: 3, each"
    with pytest.raises(InputError, match=told):
        hold_out(alone, 0.2, seed=0)


DRAWN = {0: [2, 11, 15, 18, 21, 25, 29], 7: [7, 14, 16, 18, 20, 25, 29]}


@pytest.mark.parametrize("seed", DRAWN)
def test_the_draws_stay_what_they_are(seed):
    """Other draws would make stored runs those of other images."""
    assert numbers(hold_out(image_set(20, 8, 2), 0.2, seed)[1]) == DRAWN[seed]
