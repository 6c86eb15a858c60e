import gc
import weakref

import numpy as np
import pytest
from answering import Examples, greys, run_of

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import Batch
from logit_adjustment_kedro.longtail.methods import METHODS, LogitAdjusted
from logit_adjustment_kedro.serving import Model, answer
from made_runs import TRAIN

SAID = [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]


@pytest.fixture
def model():
    return Model([run_of(SAID)], LogitAdjusted())


def test_each_example_has_a_row_in_the_order_of_names(model):
    table = answer(model, Examples(greys(0, 1, 0)), TRAIN)
    assert table["file"].tolist() == ["0.png", "1.png", "2.png"]
    assert table["class_name"].tolist() == ["a", "c", "a"]
    assert table["next_class_name"].tolist() == ["b", "b", "b"]
    np.testing.assert_allclose(table["probability"], [0.7, 0.6, 0.7], rtol=1e-6)
    np.testing.assert_allclose(table["next_probability"], [0.2, 0.3, 0.2], rtol=1e-6)
    assert table["unreadable"].isna().all()


@pytest.mark.parametrize(
    ("method", "target", "mix"),
    [
        ("logit_adjusted", None, "equally many of each class"),
        ("erm", None, "the mix of the training"),
        ("logit_adjusted", [0.1, 0.1, 0.8], "another mix of classes than that of"),
    ],
)
def test_it_is_told_who_answers_and_for_which_mix(caplog, method, target, mix):
    caplog.set_level("INFO")
    runs = [run_of(SAID, method, seed) for seed in (0, 3)]
    answer(Model(runs, METHODS[method](), target), Examples(greys(0)), TRAIN)
    title = METHODS[method].title
    assert f"Answers: {title}, the mean of seeds 0, 3, for {mix}" in caplog.text


def test_what_cannot_be_read_is_told_and_the_rest_answered(model, caplog):
    table = answer(model, Examples(greys(0, 1, 0), {1: "it is damaged"}), TRAIN)
    assert table["class_name"].dropna().to_dict() == {0: "a", 2: "a"}
    assert table["unreadable"].dropna().to_dict() == {1: "it is damaged"}
    assert np.isnan(table["probability"][1])
    assert "1 of 3 files cannot be read" in caplog.text
    assert "'1.png' (it is damaged)" in caplog.text


def test_of_many_that_cannot_be_read_some_are_named(model, caplog):
    faults = dict.fromkeys(range(8), "it is damaged")
    answer(model, Examples(greys(*[0] * 9), faults), TRAIN)
    assert "'4.png' (it is damaged) and 3 more" in caplog.text


def test_where_none_can_be_read_nothing_is_answered(model):
    with pytest.raises(InputError, match="Received: 2 files, none of which can: '0.p"):
        answer(model, Examples(greys(0, 1), {0: "odd", 1: "odd"}), TRAIN)


def test_what_has_gone_meanwhile_is_told(model):
    class Fewer(Examples):
        def batches(self, like, size):
            yield Batch([0], greys(1), {})

    table = answer(model, Fewer(greys(0, 1)), TRAIN)
    assert table["unreadable"].dropna().to_dict() == {1: "it is no longer there"}


def test_examples_are_made_like_those_of_the_training(model):
    examples = Examples(greys(0))
    answer(model, examples, TRAIN)
    assert examples.asked == [(TRAIN, 1000)]


def test_no_more_than_a_batch_is_kept(model):
    """The one that was answered last, while the next is read."""
    alive = []

    class Watched(Examples):
        def batches(self, like, size):
            for batch in super().batches(like, size):
                gc.collect()
                assert sum(known() is not None for known in alive) <= 1
                alive.append(weakref.ref(batch))
                yield batch
                del batch

    model.networks[0].predict_on_batch = lambda images: np.zeros((len(images), 3), "f4")
    answer(model, Watched(greys(*[0] * 9)), TRAIN)
    assert len(alive) == 6
