import keras
import numpy as np
import pytest

from exported import FEATURES, IMAGES, make_network, make_trained
from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail.methods import (
    ERM,
    METHODS,
    PosthocLogitAdjusted,
)
from logit_adjustment_kedro.serving import Model
from logit_adjustment_kedro.serving.export.model import deployable

TARGET = np.array([0.1, 0.2, 0.7])


def of_logits(logits, method="erm"):
    """Returns a run whose network answers with its inputs, and their shares of 1."""
    entry = keras.Input((3,))
    out = keras.layers.Dense(3, kernel_initializer="identity", use_bias=False)(entry)
    run = make_trained(keras.Model(entry, out), method=method)
    return run, np.log(np.array(logits, "float32"))


def test_a_target_prior_by_hand():
    run, logits = of_logits([[4, 2, 1]])
    # Counts are 20, 8 and 2: q / pi is 0.5 / (2 / 3), 0.5 / (4 / 15) and 0.
    method = PosthocLogitAdjusted()
    model = deployable(Model([run], method, np.array([0.5, 0.5, 0])), "crop")
    answered = model.predict_on_batch(logits)
    np.testing.assert_allclose(answered, [[3 / 6.75, 3.75 / 6.75, 0]], atol=1e-6)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("erm", None),
        ("balanced", TARGET),
        ("posthoc_logit_adjusted", None),
        ("posthoc_logit_adjusted", TARGET),
        ("weight_normalised", None),
    ],
)
def test_logits_are_read_out_as_by_the_method(method, target):
    (trained,) = METHODS[method].reads()
    run, logits = of_logits([[4, 2, 1], [1, 1, 9]], trained)
    model = Model([run], METHODS[method](), target)
    answered = deployable(model, "crop").predict_on_batch(logits)
    np.testing.assert_allclose(answered, model.probabilities(logits), atol=1e-6)


def test_several_seeds_answer_with_the_mean_of_their_probabilities():
    runs = [
        make_trained(make_network(name, FEATURES, head), seed)
        for seed, (name, head) in enumerate(
            [("standardised", "linear"), ("standardised", "cosine")]
        )
    ]
    model = Model(runs, ERM())
    both = deployable(model, "crop").predict_on_batch(FEATURES)
    np.testing.assert_allclose(both, model.probabilities(FEATURES), atol=1e-6)
    one = deployable(Model(runs[:1], ERM()), "crop").predict_on_batch(FEATURES)
    assert np.abs(one - both).max() > 0.01


def test_a_combined_method_answers_with_the_mean_over_members_and_seeds():
    members = METHODS["tau_experts"].members
    features = keras.Input((3,))
    runs = [
        make_trained(
            keras.Model(features, keras.layers.Dense(3)(features)), seed, method
        )
        for method in members
        for seed in (0, 1)
    ]
    shown = np.array([[4, 2, 1], [1, 1, 9]], "float32")
    answered = deployable(Model(runs, METHODS["tau_experts"]()), "crop")
    alone = [
        deployable(Model.of(runs, method), "crop").predict_on_batch(shown)
        for method in members
    ]
    np.testing.assert_allclose(
        answered.predict_on_batch(shown), np.mean(alone, axis=0), atol=1e-6
    )
    assert np.abs(alone[0] - alone[1]).max() > 0.01


def test_the_mirrored_view_is_the_mean_of_the_logits():
    run = make_trained(make_network("convnet"))
    both = (IMAGES, IMAGES[:, :, ::-1])
    z = np.mean([run.network().predict_on_batch(some) for some in both], axis=0)
    z = np.exp(z - z.max(axis=1, keepdims=True))
    model = deployable(Model([run], ERM(), mirrored=True), "crop")
    answered = model.predict_on_batch(IMAGES)
    np.testing.assert_allclose(answered, z / z.sum(axis=1, keepdims=True), atol=1e-6)


def test_a_method_that_bends_logits_is_refused():
    class Squared(ERM):
        def adjust(self, logits, last_layer, target=None):
            return logits**2

    run, _ = of_logits([[4, 2, 1]])
    with pytest.raises(InputError, match="a method that scales and shifts"):
        deployable(Model([run], Squared()), "crop")


def test_features_have_no_mirror_image():
    run, _ = of_logits([[4, 2, 1]])
    with pytest.raises(InputError, match="images to be mirrored"):
        deployable(Model([run], ERM(), mirrored=True), "crop")
