"""What a training is said to take, before it is done."""

import time

import pytest
from tiny import AS_THEY_COME, make_task, weights

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.training import train
from logit_adjustment_kedro.training.cost import measure_cost


def test_the_cost_grows_with_the_length_and_is_of_the_right_size():
    short, long = (
        measure_cost(make_task(epochs=epochs, **AS_THEY_COME)).seconds
        for epochs in (20, 2000)
    )
    assert 10 < long / short < 1000
    start = time.perf_counter()
    train(make_task(epochs=20, **AS_THEY_COME), 3)
    assert short < 10 * (time.perf_counter() - start)


def test_a_measurement_changes_no_training():
    before = weights(train(make_task(**AS_THEY_COME), 3))
    assert measure_cost(make_task(**AS_THEY_COME)).memory > 1e7
    assert (weights(train(make_task(**AS_THEY_COME), 3)) == before).all()


def test_what_a_training_refuses_is_refused():
    with pytest.raises(InputError, match="batch_size=31"):
        measure_cost(make_task(batch_size=31))
