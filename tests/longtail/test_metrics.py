import numpy as np
import pytest

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import accuracy
from logit_adjustment_kedro.longtail.calibration import calibration_bins
from logit_adjustment_kedro.longtail.metrics import (
    balanced_error,
    class_accuracies,
    confusion_matrix,
    harmonic_mean,
)


def predicting(*classes, num_classes=3):
    """Returns logits of size 1 that name these classes."""
    return np.eye(num_classes)[list(classes)]


def test_accuracy_by_hand():
    logits = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 1], [5, 0, 1]])
    assert accuracy(logits, np.array([0, 1, 1, 0])) == 0.75


def test_confusion_matrix_by_hand():
    confusion = confusion_matrix(
        predicting(0, 1, 1, 2, 0), labels=np.array([0, 0, 0, 0, 1])
    )
    assert confusion.tolist() == [[1, 2, 1], [1, 0, 0], [0, 0, 0]]


def test_confusion_matrix_has_a_row_for_classes_that_do_not_occur():
    assert confusion_matrix(predicting(0), np.array([0])).shape == (3, 3)


def test_class_accuracies_by_hand():
    confusion = np.array([[1, 2, 1], [1, 3, 0], [0, 0, 5]])
    assert class_accuracies(confusion).tolist() == [0.25, 0.75, 1]


def test_the_accuracy_on_a_class_without_images_is_nan():
    accuracies = class_accuracies(np.array([[3, 1], [0, 0]]))
    np.testing.assert_array_equal(accuracies, [0.75, np.nan])


def test_naming_the_frequent_class_is_accurate_but_half_wrong_on_balance():
    logits, labels = predicting(*[0] * 100, num_classes=2), np.repeat([0, 1], [90, 10])
    assert accuracy(logits, labels) == 0.9
    assert balanced_error(confusion_matrix(logits, labels)) == 0.5


def test_on_a_balanced_test_set_balanced_error_is_one_minus_accuracy():
    logits = np.random.default_rng(0).normal(size=(300, 3))
    labels = np.repeat([0, 1, 2], 100)
    error = balanced_error(confusion_matrix(logits, labels))
    assert error == pytest.approx(1 - accuracy(logits, labels))


def test_balanced_error_passes_over_classes_without_images():
    assert balanced_error(np.array([[3, 1, 0], [0, 0, 0], [0, 0, 2]])) == 0.125


def test_harmonic_mean_by_hand():
    # Accuracies 1/4 and 1: two over the sum of 4 and 1.
    assert harmonic_mean(np.array([[1, 3], [0, 5]])) == pytest.approx(0.4)


def test_harmonic_mean_is_0_where_one_class_is_never_right():
    assert harmonic_mean(np.array([[5, 0], [1, 0]])) == 0


def test_harmonic_mean_passes_over_classes_without_images():
    assert harmonic_mean(np.array([[1, 3, 0], [0, 5, 0], [0, 0, 0]])) == (
        pytest.approx(0.4)
    )


def test_labels_of_a_small_dtype_do_not_wrap():
    logits = np.eye(100)[[50]]
    assert confusion_matrix(logits, np.array([50], "uint8"))[50, 50] == 1


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, calibration_bins])
@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ([[0], [1], [2]], r"integers of shape \(3,\). Received: shape=\(3, 1\)"),
        ([0], r"Received: shape=\(1,\)"),
        (1, r"Received: shape=\(\)"),
        (np.eye(3, dtype=int), r"Received: shape=\(3, 3\)"),
        (["0", "1", "2"], "integers.*dtype=<U1"),
        ([0.0, 1.0, 2.0], "integers.*dtype=float64"),
        ([True, False, True], "integers.*dtype=bool"),
        ([0, 1, 3], r"labels from 0 to 2. Received: labels\[2\]=3"),
        ([0, -1, 2], r"labels from 0 to 2. Received: labels\[1\]=-1"),
    ],
)
def test_labels_that_name_no_class_of_each_row_are_refused(metric, labels, told):
    with pytest.raises(InputError, match=told):
        metric(predicting(0, 1, 2), np.array(labels))


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, calibration_bins])
@pytest.mark.parametrize("shape", [(3,), (1, 3, 3)])
def test_logits_of_another_shape_are_refused(metric, shape):
    with pytest.raises(InputError, match=r"shape \[N, L\]. Received: shape="):
        metric(np.zeros(shape), np.zeros(shape[0], int))
