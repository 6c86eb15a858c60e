import keras
import numpy as np
import pytest
from loss_examples import COUNTS, LABELS, LOGITS, each, paired

from logit_adjustment_kedro.longtail.losses import (
    MarginCrossentropy,
    margin_crossentropy,
)
from logit_adjustment_kedro.longtail.margins import Margins

RANDOM = np.random.default_rng(1).uniform(0.1, 2.0, size=(4, 3))
MARGINS = Margins(*RANDOM)


def test_margins_that_change_nothing_are_the_plain_crossentropy():
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    loss = MarginCrossentropy(Margins.of(3))
    np.testing.assert_allclose(each(loss), each(plain), rtol=1e-6)


def test_any_margins_are_the_family_of_the_paper():
    weight, own, rival, scale = RANDOM
    np.testing.assert_allclose(
        each(MarginCrossentropy(MARGINS)),
        paired(weight, own[:, None] + rival, logits=scale * LOGITS),
        rtol=1e-5,
    )


def test_the_class_is_the_mean_of_the_function_over_the_batch():
    losses = margin_crossentropy(LABELS, LOGITS, MARGINS)
    loss = MarginCrossentropy(MARGINS)(LABELS, LOGITS)
    assert float(loss) == pytest.approx(np.mean(losses), rel=1e-6)


def test_an_image_weighs_what_the_training_says_on_top_of_its_label():
    sample_weight = np.arange(8, dtype="float32")
    loss = MarginCrossentropy(MARGINS, reduction="sum")
    weighted = float(loss(LABELS, LOGITS, sample_weight))
    losses = margin_crossentropy(LABELS, LOGITS, MARGINS)
    assert weighted == pytest.approx(sample_weight @ np.array(losses), rel=1e-5)


def test_labels_may_stand_in_a_column():
    loss = MarginCrossentropy(MARGINS)
    np.testing.assert_array_equal(each(loss, LABELS[:, None]), each(loss))


def test_another_number_of_logits_is_refused():
    with pytest.raises(ValueError, match=r"of 3 classes.*y_pred.shape=\(1, 2\)"):
        MarginCrossentropy(Margins.of(len(COUNTS)))(
            np.array([0]), np.zeros((1, 2), "float32")
        )
