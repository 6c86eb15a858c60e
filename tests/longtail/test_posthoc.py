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
