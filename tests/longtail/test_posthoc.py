import re

import numpy as np
import pandas as pd
import pytest
from keras import ops

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import (
    adjust_logits,
    exponential_profile,
    normalise_weights,
)

CIFAR100_LT = exponential_profile(500, 100, 100)


class TorchDtype:
    """NumPy can make nothing of it: `np.dtype(TorchDtype())` is a TypeError."""

    def __init__(self, name):
        self.name = name


class TorchTensor:
    """What post-hoc methods need of a tensor of PyTorch, which is not installed.

    It calculates with its own kind alone, and is made of other numbers in the dtype of
    another tensor by `new_tensor`, both as PyTorch documents them.
    """

    def __init__(self, values, name):
        self.values, self.dtype = np.asarray(values, name), TorchDtype(name)

    @property
    def shape(self):
        return self.values.shape

    def is_floating_point(self):
        return self.dtype.name.startswith("float")

    def new_tensor(self, values):
        with np.errstate(over="ignore"):
            return TorchTensor(values, self.dtype.name)

    def tolist(self):
        return self.values.tolist()

    def __sub__(self, other):
        assert isinstance(other, TorchTensor)
        return TorchTensor(self.values - other.values, self.dtype.name)

    def __mul__(self, other):
        assert isinstance(other, TorchTensor)
        return TorchTensor(self.values * other.values, self.dtype.name)


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


def test_adjustment_to_a_target_by_hand():
    adjusted = adjust_logits(np.array([[2.0, 1.0]]), [90, 10], 2.0, [0.2, 0.8])
    expected = [[2 - 2 * np.log(0.9 / 0.2), 1 - 2 * np.log(0.1 / 0.8)]]
    np.testing.assert_allclose(adjusted, expected)


@pytest.mark.parametrize("tau", [-1.0, 0.5, 1.0, 3.0])
def test_nothing_is_to_be_done_for_the_training_mix(tau):
    logits = np.random.default_rng(0).normal(size=(20, 100))
    target = CIFAR100_LT / CIFAR100_LT.sum()
    adjusted = adjust_logits(logits, CIFAR100_LT, tau, target)
    np.testing.assert_allclose(adjusted, logits)


def test_the_uniform_target_is_the_balanced_error_s():
    logits = np.random.default_rng(0).normal(size=(20, 100))
    adjusted = adjust_logits(logits, CIFAR100_LT, 1.5, np.full(100, 0.01))
    difference = adjusted - adjust_logits(logits, CIFAR100_LT, 1.5)
    np.testing.assert_allclose(difference, 1.5 * np.log(0.01))


def test_from_mix_to_mix_is_as_good_as_at_once():
    logits = np.random.default_rng(0).normal(size=(20, 3))
    between, target = [0.2, 0.2, 0.6], [0.1, 0.8, 0.1]
    there = adjust_logits(logits, [90, 9, 1], target_prior=between)
    np.testing.assert_allclose(
        adjust_logits(there, between, target_prior=target),
        adjust_logits(logits, [90, 9, 1], target_prior=target),
    )


@pytest.mark.parametrize("make", [np.zeros, ops.zeros], ids=["numpy", "backend"])
def test_a_class_without_a_share_is_never_predicted(make):
    adjusted = adjust_logits(make((2, 3), "float32"), [1, 2, 3], 1.0, [0.5, 0.5, 0])
    adjusted = ops.convert_to_numpy(adjusted)
    assert (adjusted[:, 2] == -np.inf).all()
    np.testing.assert_allclose(adjusted[:, 0], -np.log(1 / 6 / 0.5), rtol=1e-6)


def test_at_tau_0_a_class_without_a_share_stays():
    logits = np.array([[2.0, 1.0]])
    np.testing.assert_array_equal(adjust_logits(logits, [1, 2], 0, [1, 0]), logits)


def test_torch_tensors_are_adjusted_to_a_target():
    adjusted = adjust_logits(
        TorchTensor([[2.0, 1.0, 0.0]], "float32"), [6, 3, 1], 1.0, [0.5, 0.5, 0]
    )
    expected = [[2 - np.log(0.6 / 0.5), 1 - np.log(0.3 / 0.5), -np.inf]]
    np.testing.assert_allclose(adjusted.values, expected, rtol=1e-6)


def test_a_target_that_is_a_series_is_read_by_its_index():
    target = pd.Series([0.8, 0.2], index=[1, 0])
    np.testing.assert_array_equal(
        adjust_logits(np.zeros((1, 2)), [90, 10], 1.0, target),
        adjust_logits(np.zeros((1, 2)), [90, 10], 1.0, [0.2, 0.8]),
    )


@pytest.mark.parametrize(
    ("target", "tau", "told"),
    [
        ([0.5, 0.4], 1, "target_prior to have shares that sum to 1. Received: sum=0.9"),
        ([0.5, 0.5, 0], 1, "a share for each of 2 classes. Received: 3 shares"),
        ([1.5, -0.5], 1, r"no negative share. Received: target_prior\[1\]=-0.5"),
        ([np.nan, 1], 1, r"no negative share. Received: target_prior\[0\]=nan"),
        ([np.inf, 0], 1, "that sum to 1. Received: sum=inf"),
        (["a", "b"], 1, "target_prior to be a vector with one number a class"),
        ([1, 0], -1, r"positive shares where tau is negative. Received: .*\[1\]=0"),
        ([1 - 1e-300, 1e-300], 1e38, "in the range of float32. Received: tau=1e"),
    ],
)
def test_a_target_that_is_no_mix_is_refused(target, tau, told):
    with pytest.raises(InputError, match=told):
        adjust_logits(np.zeros((1, 2), "float32"), [90, 10], tau, target)


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


def test_tensors_of_pytorch_are_adjusted_alike():
    logits = np.array([[9.0, 4.0, 1.0]], "float32")
    tensor = TorchTensor(logits, "float32")
    adjusted = adjust_logits(tensor, [3, 2, 1], tau=2.0)
    np.testing.assert_array_equal(
        adjusted.values, adjust_logits(logits, [3, 2, 1], tau=2.0)
    )
    assert adjusted.dtype.name == "float32"
    layer = [4.0, 2.0, 1.0], [1.0, 0.0, -1.0]
    np.testing.assert_array_equal(
        normalise_weights(tensor, *layer).values, normalise_weights(logits, *layer)
    )
    with pytest.raises(InputError, match="floating logits"):
        adjust_logits(TorchTensor(logits, "int64"), [3, 2, 1])
    with pytest.raises(InputError, match=r"Received: tau=1e\+38"):
        adjust_logits(tensor, [9998, 1, 1], tau=1e38)


@pytest.mark.parametrize(
    ("shape", "counts"),
    [
        ((3, 1), [90, 10]),
        ((3, 2), [90]),
        ((3, 1), [90]),
        ((), [90, 10]),
        ((2, 3), [1] * 2),
    ],
)
def test_other_than_one_logit_a_class_is_refused(shape, counts):
    """A single logit would broadcast to both classes, and one count to all logits."""
    told = rf"one logit for each .* Received: logits.shape={re.escape(str(shape))}"
    with pytest.raises(InputError, match=told):
        adjust_logits(np.zeros(shape), counts)
    ones = np.ones(len(counts))
    with pytest.raises(InputError, match=told):
        normalise_weights(np.zeros(shape), ones, ones)


def test_other_than_one_norm_and_one_bias_a_class_is_refused():
    for norm, bias in (([1.0, 2.0], [0.0]), ([1.0, 2.0], 0.0), (1.0, 0.0)):
        with pytest.raises(InputError, match="one weight_norm and one bias a class"):
            normalise_weights(np.zeros((1, 2)), norm, bias)


@pytest.mark.parametrize("dtype", [bool, complex, object, "U1"])
def test_logits_that_are_not_floating_are_refused(dtype):
    with pytest.raises(InputError, match="floating logits. Received: dtype="):
        adjust_logits(np.zeros((1, 2), dtype), [90, 10])


@pytest.mark.parametrize(
    ("dtype", "tau"),
    [
        ("float16", 1e5),
        ("bfloat16", 1e38),
        ("float32", 1e38),
        ("float32", -1e38),
        ("float64", 1e308),
        ("float64", np.inf),
        ("float64", np.nan),
    ],
)
def test_an_adjustment_beyond_the_dtype_of_the_logits_is_refused(dtype, tau):
    logits = (
        ops.zeros((1, 3), dtype) if dtype == "bfloat16" else np.zeros((1, 3), dtype)
    )
    told = f"tau whose adjustment is in the range.*tau={re.escape(str(tau))}"
    with pytest.raises(InputError, match=told):
        adjust_logits(logits, [9998, 1, 1], tau)
    if dtype != "float64":
        assert adjust_logits(np.zeros((1, 3)), [9998, 1, 1], tau).all()


@pytest.mark.parametrize("tau", [200.0, -200.0, np.nan])
def test_a_factor_beyond_the_dtype_of_the_logits_is_refused(tau):
    """At 200, both would be 0 in float32, and at -200 infinite."""
    logits = np.array([[1.0, 2.0]], "float32")
    with pytest.raises(InputError, match=f"range of float32. Received: tau={tau}"):
        normalise_weights(logits, [2.0, 3.0], [0.0, 0.0], tau)


def test_counts_in_the_order_of_frequency_are_read_by_their_labels():
    counts = pd.Series([1] * 90 + [0] * 10).value_counts()
    np.testing.assert_array_equal(
        adjust_logits(np.zeros((1, 2)), counts),
        adjust_logits(np.zeros((1, 2)), [10, 90]),
    )
