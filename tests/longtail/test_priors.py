import numpy as np
import pandas as pd
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import class_prior, effective_class_probability

CIFAR10_LT = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]


def test_prior_is_the_share_of_each_class():
    np.testing.assert_allclose(class_prior([6, 3, 1]), [0.6, 0.3, 0.1])


def test_a_series_is_read_by_its_labels_and_not_by_its_order():
    counts = pd.Series([1, 0, 1, 1]).value_counts()
    assert counts.tolist() == [3, 1]  # by frequency
    assert class_prior(counts).tolist() == [0.25, 0.75]
    assert effective_class_probability(counts, 1.0).tolist() == [0.25, 0.75]
    np.testing.assert_allclose(
        effective_class_probability(counts, 0.5), [1 / 2.75, 1.75 / 2.75]
    )
    assert class_prior(pd.Series([1, 0, 1, 1], dtype="category").value_counts())[0] == (
        0.25
    )


@pytest.mark.parametrize(
    "index", [["dog", "cat"], [1, 2], [0, 2], [0, 0], [0.0, 1.5], [(0, 0), (0, 1)]]
)
def test_a_series_with_another_index_than_the_labels_is_refused(index):
    with pytest.raises(InputError, match="labels from 0 to 1 as their index"):
        class_prior(pd.Series([3, 1], index=pd.Index(index)))


@pytest.mark.parametrize("counts", [["3", "1"], [True, True], {0: 3, 1: 1}, [3j, 1]])
def test_prior_refuses_what_is_no_vector_of_numbers(counts):
    with pytest.raises(InputError, match="vector with one number a class.*dtype="):
        class_prior(counts)


def test_effective_number_refuses_shares_where_it_needs_counts():
    with pytest.raises(InputError, match=r"whole numbers.*class_counts\[1\]=0.1"):
        effective_class_probability([9, 0.1], 0.99)
    assert effective_class_probability([0.75, 0.25], 1).tolist() == [0.75, 0.25]


@pytest.mark.parametrize("counts", [[3, 0], [3, -1], [3, np.nan], [], [[1, 2]], 3])
def test_prior_refuses_what_has_no_logarithm(counts):
    with pytest.raises(ValueError, match="Expected"):
        class_prior(counts)


def test_prior_names_the_class_without_images():
    with pytest.raises(ValueError, match=r"class_counts\[1\]=0"):
        class_prior([3, 0, 0])


@pytest.mark.parametrize(
    ("beta", "head_over_tail"), [(1, 100.0), (0.999, 20.36), (0.99, 2.53), (0, 1.0)]
)
def test_effective_probability_of_head_over_tail(beta, head_over_tail):
    probability = effective_class_probability(CIFAR10_LT, beta)
    assert probability[0] / probability[-1] == pytest.approx(head_over_tail, abs=0.005)
    assert probability.sum() == pytest.approx(1)


def test_effective_number_by_hand():
    # E_1 = 1 and E_2 = 1 + beta.
    np.testing.assert_allclose(
        effective_class_probability([2, 1], 0.5), [1.5 / 2.5, 1 / 2.5]
    )


def test_effective_probability_is_continuous_at_beta_1():
    np.testing.assert_allclose(
        effective_class_probability(CIFAR10_LT, 1 - 1e-12),
        class_prior(CIFAR10_LT),
        rtol=1e-6,
    )


@pytest.mark.parametrize("beta", [-0.1, 1.001, float("nan")])
def test_effective_probability_refuses_other_betas(beta):
    with pytest.raises(ValueError, match="beta"):
        effective_class_probability([2, 1], beta)
