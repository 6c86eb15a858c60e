import numpy as np
import pytest
from answering import run_of

from logit_adjustment_kedro.longtail.groups import Groups
from logit_adjustment_kedro.longtail.methods import ERM, METHODS, LogitAdjusted
from logit_adjustment_kedro.runs import Part, View
from logit_adjustment_kedro.serving import Measured, Model

GROUPS = Groups(by="rank", head=1, tail=3)
# Of 4, 4 and 2 test images of each class, these are named rightly: 3, 2 and 1.
LABELS = np.repeat([0, 1, 2], [4, 4, 2])
ANSWERS = np.array([0, 0, 0, 1, 1, 1, 0, 0, 2, 0])


def model(answers=ANSWERS, labels=LABELS, method="logit_adjusted", target=None):
    run = run_of(np.ones((1, 3)), method)
    run.labels[Part.TEST] = labels
    run.logits[Part.TEST, View.PLAIN] = np.log(0.05 + 0.85 * np.eye(3)[answers])
    return Model([run], METHODS[method](), target)


def by_group(measured):
    return measured.accuracy.set_index("group")


def test_accuracies_by_hand():
    found = by_group(Measured.of(model(), GROUPS))["accuracy"].to_dict()
    assert found == {
        "all classes alike": pytest.approx((0.75 + 0.5 + 0.5) / 3),
        "in the mix of the test images": pytest.approx(0.6),
        "head": pytest.approx(0.75),
        "medium": pytest.approx(0.5),
        "tail": pytest.approx(0.5),
    }


def test_in_the_target_mix_classes_count_by_their_shares():
    target = np.array([0.8, 0.2, 0.0])
    found = by_group(Measured.of(model(target=target), GROUPS))
    assert found.loc["in the target mix", "accuracy"] == pytest.approx(0.7)
    # Nothing is named as a class without a share.
    assert found.loc["tail", "accuracy"] == 0


def test_an_interval_is_about_its_accuracy():
    found = by_group(Measured.of(model(), GROUPS)).loc["head"]
    # Of 4 images 3: the mean of 3 that are drawn from them.
    assert 0 <= found["lower"] < 0.75 < found["upper"] == 1


def test_a_class_without_test_images_has_no_row_of_its_own():
    tested = LABELS < 2
    found = by_group(Measured.of(model(ANSWERS[tested], LABELS[tested]), GROUPS))
    assert "tail" not in found.index
    assert found.loc["all classes alike", "accuracy"] == pytest.approx(0.625)


def test_calibration_is_that_of_the_mix_that_is_answered_for():
    tested = np.repeat([0, 1, 2], 2)
    # Each is named with a probability of 0.9; right are both of the first class, one of
    # the second, none of the third.
    answers = np.array([0, 0, 1, 2, 0, 1])
    measured = Measured.of(model(answers, tested), GROUPS)
    error = measured.calibration["expected calibration error"]
    assert error == pytest.approx(0.9 - 1 / 2)
    assert 0 < measured.calibration["of it by chance"] < error
    # ERM answers for the shares of the training, 10, 4 and 1 in 15.
    of_erm = Measured.of(model(answers, tested, "erm"), GROUPS)
    error = of_erm.calibration["expected calibration error"]
    assert error == pytest.approx(0.9 - (10 + 4 / 2) / 15)


def test_of_a_mix_that_is_not_known_there_is_no_calibration():
    assert Measured.of(model(method="adaptive"), GROUPS).calibration == {}


def test_all_seeds_are_measured_together():
    one, other = model(), model(answers=LABELS)
    other.runs[0].logits[Part.TEST, View.PLAIN] *= 3  # surer, so it decides
    both = Model([*one.runs, *other.runs], LogitAdjusted())
    found = by_group(Measured.of(both, GROUPS))["accuracy"]
    assert (found == 1).all()


def test_what_is_shown_mirrored_is_measured_so():
    run = model(method="erm").runs[0]
    run.logits[Part.TEST, View.MIRRORED] = np.eye(3)[LABELS]
    found = by_group(Measured.of(Model([run], ERM(), mirrored=True), GROUPS))
    assert (found["accuracy"] == 1).all()
