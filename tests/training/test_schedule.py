import numpy as np
import pytest

from configured import recipe_of
from logit_adjustment_kedro.training import LearningRate
from logit_adjustment_kedro.training.schedule import WarmupThenDecay

FAST = [(env, "fast") for env in ("base", "cifar10_lt", "cifar100_lt")]


def rate_at(recipe, epoch, steps_per_epoch=96):
    schedule = WarmupThenDecay(recipe.learning_rate, recipe.epochs, steps_per_epoch)
    return float(schedule(epoch * steps_per_epoch))


@pytest.mark.parametrize(
    ("env", "recipe", "rates"),
    [
        (
            "cifar10_lt",
            "dissertation",
            {0: 0, 2.5: 0.05, 5: 0.1, 159: 0.1, 160: 0.01, 179: 0.01, 180: 0.001},
        ),
        ("cifar10_lt", "paper", {0: 0, 5: 0.1, 159: 0.1, 160: 0.01, 180: 0.001}),
        ("cifar100_lt", "paper", {0: 0, 5: 0.1, 159: 0.1, 160: 0.01, 180: 0.001}),
        (
            "cifar10_lt",
            "released",
            {10: 0.05, 20: 0.1, 603: 0.1, 604: 0.01, 926: 1e-3, 1128: 1e-4},
        ),
        (
            "cifar100_lt",
            "dissertation",
            {11: 0.05, 22: 0.1, 690: 0.1, 691: 0.01, 1059: 1e-3, 1290: 1e-4},
        ),
        ("cifar100_lt", "released", {22: 0.1, 691: 0.01, 1059: 1e-3, 1290: 1e-4}),
    ],
)
def test_rates_around_the_steps(env, recipe, rates):
    recipe = recipe_of(env, f"recipe={recipe}")
    for epoch, rate in rates.items():
        assert rate_at(recipe, epoch) == pytest.approx(rate, rel=1e-5), epoch


@pytest.mark.parametrize(("env", "name"), FAST)
def test_the_fast_recipe_is_one_cycle(env, name):
    recipe = recipe_of(env, f"recipe={name}")
    rate = recipe.learning_rate
    rates = [rate_at(recipe, half / 2) for half in range(2 * recipe.epochs + 1)]
    assert rates[0] == pytest.approx(rate.start * rate.base, rel=1e-5)
    assert rates[-1] == pytest.approx(rate.end * rate.base, rel=1e-5)
    top = int(2 * rate.warmup)
    assert rates[top] == pytest.approx(rate.base, rel=1e-5)
    np.testing.assert_allclose(np.diff(rates[: top + 1], 2), 0, atol=1e-6)
    np.testing.assert_allclose(np.diff(rates[top:], 2), 0, atol=1e-6)


def test_a_rate_may_fall_linearly_and_drop_besides():
    rate = LearningRate(
        base=0.8, warmup=2, start=0.5, end=0.0, drops={6: 0.1}, for_epochs=10
    )
    schedule = WarmupThenDecay(rate, epochs=20, steps_per_epoch=5)
    rates = [float(schedule(step)) for step in (0, 10, 20, 40, 59, 60, 80, 100)]
    expected = [0.4, 0.6, 0.8, 0.6, 0.8 * 41 / 80, 0.04, 0.02, 0]
    np.testing.assert_allclose(rates, expected, rtol=1e-5, atol=1e-7)


def test_a_shorter_training_has_its_drops_at_the_same_fractions():
    short = recipe_of("cifar10_lt", "training.epochs=20")
    assert short.epochs == 20
    rates = [rate_at(short, epoch) for epoch in (0.25, 0.5, 15.9, 16, 18)]
    np.testing.assert_allclose(rates, [0.05, 0.1, 0.1, 0.01, 0.001], rtol=1e-5)
