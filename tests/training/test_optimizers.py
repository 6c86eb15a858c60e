import keras
import numpy as np
import pytest

from logit_adjustment_kedro.networks.layers import FusedBatchNormalization
from logit_adjustment_kedro.training.optimizers import OPTIMIZERS, SGD, AdamW


def test_sgd_is_nesterov():
    optimizer = SGD(momentum=0.8).build(0.1)
    weight = keras.Variable([1.0])
    optimizer.build([weight])
    gradient = keras.ops.convert_to_tensor([2.0])
    # v = m v - lr g; w += m v - lr g, by hand: v = -0.2, then -0.36.
    optimizer.apply([gradient], [weight])
    np.testing.assert_allclose(weight, [1 + 0.8 * -0.2 - 0.2], rtol=1e-6)
    optimizer.apply([gradient], [weight])
    np.testing.assert_allclose(weight, [0.64 + 0.8 * -0.36 - 0.2], rtol=1e-6)


def test_kernels_alone_decay_under_adamw():
    model = keras.Sequential(
        [
            keras.Input((4, 4, 2)),
            keras.layers.Conv2D(3, 3, use_bias=False, name="beta_and_bias"),
            FusedBatchNormalization(),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2, name="logits"),
        ]
    )
    for weight in model.trainable_weights:
        weight.assign(np.ones(weight.shape))
    optimizer = AdamW(weight_decay=0.5).build(0.1)
    optimizer.build(model.trainable_weights)
    still = [keras.ops.zeros(w.shape) for w in model.trainable_weights]
    optimizer.apply(still, model.trainable_weights)
    decayed = {w.path: float(np.ravel(w)[0]) for w in model.trainable_weights}
    assert [name.split("/")[-1] for name, value in decayed.items() if value != 1] == [
        *("kernel", "kernel")
    ]
    assert min(decayed.values()) == pytest.approx(1 - 0.1 * 0.5)
    assert len(decayed) == 7


def test_adamw_passes_its_parameters_on():
    optimizer = AdamW(weight_decay=0.1, beta_1=0.8, beta_2=0.95).build(0.01)
    assert (optimizer.weight_decay, optimizer.beta_1, optimizer.beta_2) == (
        *(0.1, 0.8, 0.95),
    )


def test_what_the_defaults_are():
    assert SGD() == SGD(momentum=0.9)
    assert AdamW() == AdamW(weight_decay=0.004, beta_1=0.9, beta_2=0.999)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_is_named_after_its_key_and_takes_a_schedule(name):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.25, 10, 0.5)
    assert OPTIMIZERS[name].name == name
    optimizer = OPTIMIZERS[name]().build(schedule)
    assert float(optimizer.learning_rate) == 0.25


@pytest.mark.parametrize(
    ("kind", "wrong", "told"),
    [
        (SGD, {"momentum": 1}, "momentum: .*less than 1"),
        (AdamW, {"weight_decay": -1}, "weight_decay: .*equal to 0"),
        (AdamW, {"momentum": 0.9}, "momentum: there is no such parameter"),
    ],
)
def test_wrong_parameters_are_refused(kind, wrong, told):
    with pytest.raises(ValueError, match=told):
        kind.model_validate(wrong)
