import numpy as np
import pytest

from logit_adjustment_kedro.longtail.methods import (
    TRAINED,
    Adaptive,
    LogitAdjusted,
    VectorScaling,
)

COUNTS = np.array([90, 9, 1])
EVERY = pytest.mark.parametrize("method", TRAINED.values(), ids=TRAINED)


@EVERY
def test_margins_are_finite_vectors_of_one_number_a_class(method):
    margins = method().margins(COUNTS)
    for vector in (margins.weight, margins.own, margins.rival, margins.scale):
        assert vector.shape == (3,)
        assert np.isfinite(vector).all()
    assert (margins.weight > 0).all()
    assert (margins.scale > 0).all()


@EVERY
def test_unless_deferred_labels_weigh_one_to_the_end(method):
    assert method().deferred_weight(COUNTS).tolist() == [1, 1, 1]


def test_deferred_weights_are_by_the_effective_number_at_beta_09999():
    weight = (1 - 0.9999) / (1 - 0.9999**COUNTS)
    np.testing.assert_allclose(
        Adaptive(deferred=True).deferred_weight(COUNTS), 3 * weight / weight.sum()
    )


def test_the_margins_of_the_adaptive_loss_are_not_deferred():
    deferred, plain = (Adaptive(deferred=d).margins(COUNTS) for d in (True, False))
    np.testing.assert_array_equal(deferred.own, plain.own)
    np.testing.assert_array_equal(deferred.weight, plain.weight)


def test_margin_of_logit_adjustment_is_the_log_ratio_of_priors():
    margins = LogitAdjusted(tau=2.0).margins(COUNTS)
    np.testing.assert_allclose(margins.own[2] + margins.rival[0], 2 * np.log(90))
    np.testing.assert_allclose(margins.own[1] + margins.rival[1], 0, atol=1e-12)


def test_vector_scaling_divides_the_rarest_logit_by_the_ratio_to_the_gamma():
    scale = VectorScaling(gamma=0.5).margins(COUNTS).scale
    np.testing.assert_allclose(1 / scale, np.sqrt([1, 10, 90]))
