import numpy as np

from logit_adjustment_kedro.longtail import accuracy, per_class_accuracy

LOGITS = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 1], [5, 0, 1]])
LABELS = np.array([0, 1, 1, 0])


def test_accuracy_by_hand():
    assert accuracy(LOGITS, LABELS) == 0.75


def test_per_class_accuracy_by_hand():
    np.testing.assert_array_equal(
        per_class_accuracy(LOGITS, LABELS), [1.0, 0.5, np.nan]
    )
