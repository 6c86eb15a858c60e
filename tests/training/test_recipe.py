"""The recipes in `conf/`, how one run changes them, and what they refuse."""

import json
import subprocess
import sys

import numpy as np
import pytest

from configured import ROOT, parameters, recipe_of
from logit_adjustment_kedro.images import ImageSet
from logit_adjustment_kedro.longtail.methods import LDAM, Methods
from logit_adjustment_kedro.networks import AUGMENTATIONS, HEADS, NETWORKS
from logit_adjustment_kedro.networks.augmentations import Colour, Cutout, Shift
from logit_adjustment_kedro.training import Recipe
from logit_adjustment_kedro.training.optimizers import OPTIMIZERS

CIFAR = [
    (env, recipe)
    for env in ("cifar10_lt", "cifar100_lt")
    for recipe in ("dissertation", "paper", "released")
]
FAST = [(env, "fast") for env in ("base", "cifar10_lt", "cifar100_lt")]


@pytest.mark.parametrize(
    ("env", "name"), [("base", "default"), ("smoke", "smoke"), *CIFAR, *FAST]
)
def test_every_recipe_is_valid_and_spelt_out_for_its_own_length(env, name):
    found = parameters(env, f"recipe={name}")
    recipe = Recipe.model_validate(found["training"])
    assert recipe.epochs == recipe.learning_rate.for_epochs or name == "smoke"
    Methods.model_validate(found["methods"])


def test_the_methods_are_given_as_they_are_by_default_but_for_ldam():
    """Which a loss alone cannot defer, and a training does, as its authors do."""
    given = Methods.model_validate(parameters()["methods"])
    assert given.ldam == LDAM(deferred=True)
    assert given.model_copy(update={"ldam": LDAM()}) == Methods()


@pytest.mark.parametrize("env", ["cifar10_lt", "cifar10_exp"])
def test_the_vs_loss_of_cifar_10_is_that_of_its_authors_script(env):
    given = Methods.model_validate(parameters(env)["methods"])
    assert (given.vs.gamma, given.vs.tau) == (0.2, 1.2)
    assert given.ldam.deferred


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_environments_choose_the_recipe_of_the_user(name):
    expected = recipe_of(f"{name}_lt", "recipe=dissertation")
    assert recipe_of(f"{name}_lt") == recipe_of(f"{name}_exp") == expected


def test_without_an_environment_the_recipe_is_that_of_the_embedded_default():
    assert recipe_of("base") == recipe_of("base", "recipe=default")
    assert recipe_of("base").seeds == [0, 1, 2]


def test_augmentations_act_in_an_order_of_their_own():
    fast = recipe_of("cifar10_lt", "recipe=fast")
    order = ["mirror", "shift", "zoom", "colour"]
    assert list(fast.architecture.augmentations) == order


def test_a_name_and_its_block_can_be_changed_for_one_run():
    typed = "training.optimizer=adamw,training.adamw.weight_decay=0.05"
    optimizer = recipe_of(typed=typed).chosen_optimizer
    assert (optimizer.name, optimizer.weight_decay, optimizer.beta_1) == (
        *("adamw", 0.05, 0.9),
    )
    recipe = recipe_of("cifar10_lt", "training.network=resnet32")
    assert recipe.architecture.network.name == "resnet32"
    assert recipe.chosen_optimizer.momentum == 0.9
    recipe = recipe_of("cifar10_lt", "recipe=fast,training.whitened.whiten=false")
    assert not recipe.architecture.network.whiten


def test_augmentations_can_be_switched_on_and_off_for_one_run():
    off = "training.augmentation.mirror=null"
    on = "training.augmentation.cutout.size=8,training.augmentation.colour={}"
    recipe = recipe_of("cifar10_lt", f"{off},{on}")
    expected = {"shift": Shift(pixels=2), "colour": Colour(), "cutout": Cutout(size=8)}
    assert recipe.architecture.augmentations == expected
    given = parameters()["training"] | {"augmentation": {}}
    assert Recipe.model_validate(given).architecture.augmentations == {}


def test_one_seed_needs_no_list():
    assert recipe_of(typed="training.seeds=3").seeds == [3]


def test_a_plug_in_not_chosen_says_nothing_of_what_was_asked():
    asked = recipe_of("cifar10_lt").asked()
    assert json.loads(json.dumps(asked)) == asked
    assert asked["network"] == "resnet32_released"
    assert asked["sgd"] == {"momentum": 0.9}
    assert asked["augmentation"] == {"mirror": {}, "shift": {"pixels": 2}}
    assert not {"adamw", "whitened", "resnet32"} & set(asked)
    for same in ("adamw.weight_decay=1", "seeds=7", "mirrored_view=true"):
        assert recipe_of("cifar10_lt", f"training.{same}").asked() == asked
    for other in ("sgd.momentum=0.8", "augmentation.zoom.factor=2", "optimizer=adamw"):
        assert recipe_of("cifar10_lt", f"training.{other}").asked() != asked


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("momentum=0.9", "momentum: .* now training.sgd.momentum"),
        ("crop_padding=4", "crop_padding: .* now training.augmentation.shift.pixels"),
        ("flip=true", "flip: this parameter is now training.augmentation.mirror"),
        ("zoom=1.2", "zoom: .* now training.augmentation.zoom.factor"),
        ("colour_jitter=true", "colour_jitter: .* now training.augmentation.colour"),
        ("epoch=3", "epoch: there is no such parameter. Did you mean epochs?"),
        ("sgd.momentun=0.9", r"sgd.momentun: .* Did you mean sgd.momentum\?"),
        (
            "augmentation.cutuot.size=3",
            r"augmentation.cutuot: .* Did you mean augmentation.cutout\?",
        ),
        ("augmentation.cutout.sise=3", r"Did you mean augmentation.cutout.size\?"),
        ("network=resnet", "network: .*'resnet32'.*Received: 'resnet'"),
        ("optimizer=sdg", "optimizer: .*'sgd' or 'adamw'. Received: 'sdg'"),
        ("head=cosin", "head: .*'linear' or 'cosine'. Received: 'cosin'"),
        ("augmentation.mirror=true", "augmentation.mirror: .*Received: True"),
        ("learning_rate.base=0", "learning_rate.base: .*Received: 0"),
    ],
)
def test_mistakes_are_told_with_their_place(typed, told):
    with pytest.raises(ValueError, match=told):
        recipe_of(typed=f"training.{typed}")


def test_seeds_that_are_the_same_are_refused():
    given = parameters()["training"] | {"seeds": [0, 1, 0]}
    with pytest.raises(ValueError, match="seeds: .*expected seeds that differ"):
        Recipe.model_validate(given)


def test_every_plug_in_has_a_name_of_its_own_and_a_place_in_the_recipe():
    names = [*NETWORKS, *HEADS, *OPTIMIZERS]
    assert len(set(names)) == len(names)
    fields = Recipe.model_fields
    assert set(names) < set(fields)
    assert list(fields["augmentation"].annotation.model_fields) == list(AUGMENTATIONS)


def test_a_recipe_is_checked_without_keras():
    code = (
        "import sys; from logit_adjustment_kedro.training import Recipe;"
        "from logit_adjustment_kedro.networks import NETWORKS;"
        f"Recipe.model_validate({parameters()['training']!r}).asked();"
        "sys.exit('keras' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src", check=True)


def images_of(count: int, side: int = 32) -> ImageSet:
    pixels = np.zeros((count, side, side + 3, 3), "uint8")
    return ImageSet(pixels, np.zeros(count, int), ("a", "b"), origin="black")


@pytest.mark.parametrize(
    ("count", "side", "expected"),
    [
        (1500, 32, ("whitened", 100, 10)),
        (100_000, 32, ("whitened", 2, 1)),  # 1.5, rounded to the even
        (150_000_000 // 151, 15, ("convnet", 1, 1)),
        (40, 16, ("whitened", 3750, 375)),
    ],
)
def test_the_recipe_of_any_photographs_goes_by_their_number_and_size(
    count, side, expected
):
    recipe = recipe_of("images").sized_for(images_of(count, side))
    assert (recipe.network, recipe.epochs, recipe.evaluate_every) == expected
    assert recipe.asked()["epochs"] == expected[1]
    assert "samples" not in recipe.asked()


def test_what_is_asked_can_be_said_before_the_images_are_known():
    assert recipe_of("images").asked()["network"] == "by_size"


def test_epochs_that_are_given_beat_the_samples():
    recipe = recipe_of("images", "training.epochs=5").sized_for(images_of(1500))
    assert recipe.epochs == 5


def test_a_recipe_without_a_length_is_refused():
    with pytest.raises(ValueError, match="Expected epochs or samples"):
        recipe_of("base", "training.epochs=null")


def test_a_sized_recipe_stays_as_it_is():
    recipe = recipe_of("cifar10_lt", "recipe=fast")
    assert recipe.sized_for(images_of(1500)) == recipe
