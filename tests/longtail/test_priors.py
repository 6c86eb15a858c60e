import numpy as np
import pytest

from logit_adjustment_kedro.longtail import class_prior, effective_class_probability

CIFAR10_LT = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]


def test_prior_is_the_share_of_each_class():
    np.testing.assert_allclose(class_prior([6, 3, 1]), [0.6, 0.3, 0.1])


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
