import numpy as np

from logit_adjustment_kedro.longtail import accuracy


def test_accuracy_by_hand():
    logits = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 1], [5, 0, 1]])
    assert accuracy(logits, np.array([0, 1, 1, 0])) == 0.75
