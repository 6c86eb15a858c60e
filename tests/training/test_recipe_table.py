"""What is in `conf/`: what papers say, and what was chosen."""

import pytest

from configured import parameters, recipe_of
from logit_adjustment_kedro.training import LearningRate


def rate(**given):
    return LearningRate(**given).model_dump(mode="json")


# Of each recipe what is its own, and what all have in common unless it says otherwise.
# For the rates of the papers, see test_schedule.py.
COMMON = {
    "head": "linear",
    "optimizer": "sgd",
    "sgd": {"momentum": 0.9},
    "precision": "float32",
    "evaluate_every": 1,
    "mirrored_view": False,
}
DIGITS = {
    "network": "convnet",
    "batch_size": 32,
    "learning_rate": rate(
        base=0.05, warmup=5, drops={40: 0.1, 50: 0.01}, for_epochs=60
    ),
    "l2": 1e-4,
    "augmentation": {"shift": {"pixels": 1}},
    "seeds": [0, 1, 2],
}
RELEASED = {
    "network": "resnet32_released",
    "batch_size": 128,
    "l2": 1e-4,
    "augmentation": {"mirror": {}, "shift": {"pixels": 2}},
    "seeds": [0],
}
PAPER = RELEASED | {
    "network": "resnet32",
    "epochs": 200,
    "l2": 5e-5,  # half of the weight decay
    "augmentation": {"mirror": {}, "shift": {"pixels": 4}},
    "seeds": [0, 1, 2, 3, 4],
}
FAST = {
    "network": "whitened",
    "whitened": {
        "channels": [64, 128, 256],
        "statistics_momentum": 0.975,
        "activation": "silu",
        "whiten": True,
        "identity": True,
    },
    "sgd": {"momentum": 0.85},
    "epochs": 22,
    "batch_size": 64,
    "learning_rate": rate(base=0.094, start=0.2, warmup=5, end=0.07, for_epochs=22),
    "l2": 3.4e-4,
    "augmentation": {
        "mirror": {},
        "shift": {"pixels": 2},
        "zoom": {"factor": 1.2, "stretch": 1.1},
        "colour": {"contrast": 1.4, "brightness": 0.15, "tint": 0.04},
    },
    "evaluate_every": 11,
    "mirrored_view": True,
    "seeds": [0],
}
FAST_DIGITS = DIGITS | {
    "epochs": 30,
    "learning_rate": rate(base=0.1, start=0.2, warmup=8, end=0.02, for_epochs=30),
}
BY_SAMPLES = {
    **{"epochs": None, "samples": 150_000},
    **{"evaluate_every": None, "mirrored_view": False},
}
LINEAR = BY_SAMPLES | {
    "batch_size": 128,
    "learning_rate": rate(base=0.05, warmup=1, end=0, for_epochs=20),
    "l2": 1e-2,
    "augmentation": {},
    "seeds": [0, 1, 2],
}
COSINE = LINEAR | {
    **{"network": "standardised", "head": "cosine"},
    "cosine": {"scale": 32.0},
}


@pytest.mark.parametrize(
    ("env", "name", "expected"),
    [
        ("base", "default", DIGITS | {"epochs": 60}),
        ("base", "fast", FAST_DIGITS),
        ("smoke", "smoke", DIGITS | {"epochs": 2, "seeds": [0, 1]}),
        ("cifar10_lt", "dissertation", RELEASED | {"epochs": 200}),
        ("cifar100_lt", "dissertation", RELEASED | {"epochs": 1419}),
        ("cifar10_lt", "released", RELEASED | {"epochs": 1241}),
        ("cifar100_lt", "released", RELEASED | {"epochs": 1419}),
        ("cifar10_lt", "paper", PAPER),
        ("cifar100_lt", "paper", PAPER),
        ("cifar10_lt", "fast", FAST),
        ("cifar100_lt", "fast", FAST),
        ("images", "photos", FAST | BY_SAMPLES | {"network": "by_size"}),
        ("features", "linear", LINEAR | {"network": "standardised"}),
        ("features", "linear,training.head=cosine", COSINE),
        ("cifar10_lt", "frozen", LINEAR | {"network": "frozen"}),
    ],
)
def test_what_the_recipes_are(env, name, expected):
    recipe = recipe_of(env, f"recipe={name}")
    found = recipe.model_dump(mode="json") | recipe.asked()
    assert found | COMMON | expected == found


def test_what_is_read_and_drawn():
    given = parameters()
    assert (
        given["comparison"] | {"tau_max": 4.0, "tau_steps": 40} == given["comparison"]
    )
    assert given["reporting"] == {"betas": [1, 0.999, 0.99, 0]}


def test_the_two_gaussians_are_those_of_the_paper_with_a_twentieth_positives():
    drawn = {"trials": 100, "train_points": 10_000, "test_points": 10_000}
    given = parameters()["synthetic"]
    assert given | drawn | {"positive_share": 0.05} == given
