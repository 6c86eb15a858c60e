import numpy as np
import pytest
from scipy.special import softmax

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.longtail import accuracy
from logit_adjustment_kedro.longtail.metrics import (
    balanced_error,
    calibration_bins,
    calibration_error,
    class_accuracies,
    confusion_matrix,
    harmonic_mean,
)

SURE = 1000.0


def predicting(*classes, num_classes=3):
    """Returns logits of size 1 that name these classes."""
    return np.eye(num_classes)[list(classes)]


def with_confidence(confidence, rows):
    """Returns logits of two classes that name class 0 with this probability."""
    return np.tile([np.log(confidence / (1 - confidence)), 0.0], (rows, 1))


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


def test_calibration_bins_by_hand():
    logits = np.concatenate([with_confidence(0.7, 4), with_confidence(0.9, 1)])
    bins = calibration_bins(logits, np.array([0, 1, 0, 0, 1]), bins=5)
    expected = [[0, 0, 0], [0, 0, 0], [0, 0, 0], [4, 2.8, 3], [1, 0.9, 0]]
    np.testing.assert_allclose(bins, expected)


def test_calibration_error_by_hand():
    # Four images at 0.7 with three right, and one at 0.9 that is wrong.
    bins = np.array([[4, 2.8, 3], [0, 0, 0], [1, 0.9, 0]])
    assert calibration_error(bins) == pytest.approx((0.2 + 0.9) / 5)


def test_confidence_that_is_right_as_often_as_it_says_has_no_error():
    logits = np.concatenate([with_confidence(0.75, 4), with_confidence(0.6, 5)])
    labels = np.array([0, 0, 0, 1, 0, 0, 0, 1, 1])
    error = calibration_error(calibration_bins(logits, labels))
    assert error == pytest.approx(0, abs=1e-12)


def test_to_be_sure_and_always_wrong_is_an_error_of_one():
    bins = calibration_bins(SURE * predicting(0, 1, 2), np.array([1, 2, 0]))
    assert calibration_error(bins) == pytest.approx(1)


def test_to_be_sure_falls_into_the_last_bin():
    bins = calibration_bins(SURE * predicting(0), np.array([0]))
    assert bins[-1].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("classes", "bins", "index"), [(2, 4, 1), (4, 4, 0), (5, 5, 0)]
)
def test_a_confidence_at_an_edge_belongs_to_the_bin_that_ends_there(
    classes, bins, index
):
    # Equal logits: a confidence of exactly one over the number of classes.
    found = calibration_bins(np.zeros((1, classes)), np.array([0]), bins)
    assert np.flatnonzero(found[:, 0]).tolist() == [index]


@pytest.mark.parametrize("bins", [10, 15])
def test_calibration_error_is_that_of_going_image_by_image(bins):
    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(500, 4)) * 3, random.integers(4, size=500)
    probability = softmax(logits, axis=1)
    confidence, right = probability.max(axis=1), probability.argmax(axis=1) == labels
    expected = 0.0
    for k in range(bins):
        inside = [i for i in range(500) if k / bins < confidence[i] <= (k + 1) / bins]
        if inside:
            gap = abs(np.mean(right[inside]) - np.mean(confidence[inside]))
            expected += len(inside) / 500 * gap
    error = calibration_error(calibration_bins(logits, labels, bins))
    assert error == pytest.approx(expected)


def test_calibration_uses_fifteen_bins_unless_told():
    assert calibration_bins(np.zeros((1, 2)), np.array([0])).shape == (15, 3)


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
