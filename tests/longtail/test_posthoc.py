import numpy as np
import pytest
from keras import ops

from logit_adjustment_kedro.longtail import (
    adjust_logits,
    exponential_profile,
    normalise_weights,
)

CIFAR100_LT = exponential_profile(500, 100, 100)


def test_adjustment_by_hand():
    adjusted = adjust_logits(np.array([[2.0, 1.0]]), [90, 10], tau=2.0)
    expected = [[2 - 2 * np.log(0.9), 1 - 2 * np.log(0.1)]]
    np.testing.assert_allclose(adjusted, expected)


def test_tau_0_is_erm():
    logits = np.random.default_rng(0).normal(size=(20, 100)).astype(np.float32)
    np.testing.assert_array_equal(adjust_logits(logits, CIFAR100_LT, tau=0), logits)


def test_balanced_classes_leave_the_order_alone():
    logits = np.random.default_rng(0).normal(size=(20, 3))
    shift = adjust_logits(logits, [7, 7, 7]) - logits
    np.testing.assert_allclose(shift, np.log(3))


def test_rare_classes_are_not_saturated_at_tau_4():
    """The released code's log(prior**tau + 1e-12) is 3.1 nats short here."""
    adjusted = adjust_logits(np.zeros((1, 100)), CIFAR100_LT, tau=4)
    np.testing.assert_allclose(adjusted[0, -1], -4 * np.log(5 / 10_847))
    saturated = -np.log((5 / 10_847) ** 4 + 1e-12)
    assert adjusted[0, -1] - saturated == pytest.approx(3.1, abs=0.05)


def test_integers_are_refused_since_they_would_swallow_the_adjustment():
    with pytest.raises(ValueError, match="floating logits. Received: dtype=int64"):
        adjust_logits(np.array([[2, 1]]), [60, 40])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numpy_logits_keep_their_dtype_and_are_not_changed_in_place(dtype):
    logits = np.zeros((2, 3), dtype)
    adjusted = adjust_logits(logits, [3, 2, 1])
    assert adjusted.dtype == dtype
    assert not logits.any()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_tensors_of_the_backend_are_adjusted_alike(dtype):
    logits = ops.ones((2, 3), dtype)
    adjusted = adjust_logits(logits, [3, 2, 1])
    assert ops.is_tensor(adjusted)
    assert ops.dtype(adjusted) == dtype
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.cast(adjusted, "float32")),
        adjust_logits(np.ones((2, 3)), [3, 2, 1]),
        rtol=0.01,
    )


def test_weight_normalisation_by_hand():
    normalised = normalise_weights(np.array([[9.0, 3.0]]), [4.0, 2.0], [1.0, -1.0])
    np.testing.assert_allclose(normalised, [[2.0, 2.0]])


def test_weight_normalisation_at_tau_0_only_drops_the_bias():
    logits = np.random.default_rng(0).normal(size=(20, 3))
    normalised = normalise_weights(logits, [4, 2, 1], [1, 0, -1], tau=0)
    np.testing.assert_array_equal(normalised, logits - [1, 0, -1])


@pytest.mark.parametrize("tau", [-1.0, 0.5, 1.0, 4.0])
def test_equal_norms_leave_the_order_alone(tau):
    logits = np.random.default_rng(0).normal(size=(20, 3))
    normalised = normalise_weights(logits, [3, 3, 3], np.zeros(3), tau)
    np.testing.assert_array_equal(np.argsort(normalised), np.argsort(logits))


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0, 2.0])
def test_weight_normalisation_is_the_layer_with_its_weights_normalised(tau):
    random = np.random.default_rng(0)
    features, bias = random.normal(size=(20, 5)), random.normal(size=3)
    kernel = random.normal(size=(5, 3)) * [9, 3, 1]
    norm = np.sqrt((kernel**2).sum(axis=0))
    np.testing.assert_allclose(
        normalise_weights(features @ kernel + bias, norm, bias, tau),
        features @ (kernel / norm**tau),
    )


@pytest.mark.parametrize("norm", [0.0, -1.0, np.nan])
def test_a_norm_that_is_not_positive_is_refused(norm):
    with pytest.raises(ValueError, match=r"positive norms. Received: weight_norm\[1\]"):
        normalise_weights(np.zeros((1, 2)), [1.0, norm], [0.0, 0.0])


def test_weight_normalisation_refuses_integers():
    with pytest.raises(ValueError, match="floating logits"):
        normalise_weights(np.array([[2, 1]]), [2.0, 1.0], [0.0, 0.0])


def test_weight_normalisation_keeps_float32_and_changes_nothing_in_place():
    logits = np.ones((2, 3), "float32")
    normalised = normalise_weights(logits, [4.0, 2.0, 1.0], [1.0, 0.0, -1.0], 0.5)
    assert normalised.dtype == "float32"
    assert (logits == 1).all()
