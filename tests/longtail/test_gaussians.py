"""The one problem of the paper whose right answer is known in closed form.

Two Gaussians at (1, 1) and (-1, -1) with unit variance, 5% of them positive. The rule
that is best for the balanced error is x1 + x2 > 0.
"""

import keras
import numpy as np
import pytest
from scipy.stats import norm

from logit_adjustment_kedro.longtail import adjust_logits
from logit_adjustment_kedro.longtail.losses import LogitAdjustedCrossentropy

BAYES = norm.cdf(-np.sqrt(2))


@pytest.fixture(scope="module")
def sample():
    random = np.random.default_rng(0)
    labels = (random.uniform(size=10_000) < 0.05).astype("int64")
    means = np.where(labels, 1.0, -1.0)[:, None]
    return random.normal(means, size=(10_000, 2)).astype("float32"), labels


def fit(sample, loss):
    """Trains a linear model; returns weights `[2, 2]` and biases `[2]`."""
    points, labels = sample
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.1), loss)
    for _ in range(150):
        model.train_on_batch(points, labels)
    return model.get_weights()


def balanced_error(weights, biases):
    """The exact balanced error of a linear rule, free of a test sample's noise."""
    w, b = weights[:, 1] - weights[:, 0], biases[1] - biases[0]
    norm_w = np.linalg.norm(w)
    misses, false_alarms = norm.cdf((np.array([-b, b]) - w.sum()) / norm_w)
    return (misses + false_alarms) / 2


@pytest.fixture(scope="module")
def erm(sample):
    return fit(sample, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def test_erm_is_far_from_bayes(erm):
    assert pytest.approx(0.0786, abs=1e-4) == BAYES
    assert balanced_error(*erm) == pytest.approx(0.181, abs=0.01)


def test_posthoc_adjustment_reaches_bayes(sample, erm):
    weights, biases = erm
    adjusted = adjust_logits(biases, np.bincount(sample[1]))
    assert balanced_error(weights, adjusted) == pytest.approx(BAYES, abs=0.01)


def test_logit_adjusted_loss_reaches_bayes(sample):
    loss = LogitAdjustedCrossentropy(np.bincount(sample[1]))
    assert balanced_error(*fit(sample, loss)) == pytest.approx(BAYES, abs=0.01)
