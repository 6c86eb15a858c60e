"""What a training starts from, before its first step."""

import numpy as np
from tiny import AS_THEY_COME, make_task

from logit_adjustment_kedro.longtail.methods import LDAM, Adaptive
from logit_adjustment_kedro.networks.layers import Cosine
from logit_adjustment_kedro.training.trainee import Trainee, trainee_of


def made(task, seed: int = 3) -> Trainee:
    return trainee_of(task, task.split(seed), seed)


def test_each_seed_starts_from_weights_of_its_own():
    """Else a spread over seeds leaves out that of the first weights."""
    first, second = (made(make_task(), seed).network for seed in (3, 4))
    kernels = [
        (np.asarray(one), np.asarray(other))
        for one, other in zip(
            first.trainable_weights, second.trainable_weights, strict=True
        )
        if one.name == "kernel"
    ]
    assert len(kernels) == 4
    for one, other in kernels:
        assert (one != other).all()


def test_deferred_weights_count_in_the_last_fifth_of_the_epochs():
    task = make_task(Adaptive(deferred=True), epochs=100)
    batches = made(task).batches
    weighted = []
    for epoch in range(100):
        batches.set_epoch(epoch)
        _, _, weights = batches[0]
        weighted.append(bool((weights != 1).any()))
    assert weighted == [False] * 80 + [True] * 20


def test_ldam_is_trained_on_cosines_of_its_own_scale_whatever_the_head():
    task = make_task(LDAM(scale=20.0), **AS_THEY_COME)
    assert task.recipe.head == "cosine"
    assert task.setup.recipe["cosine"] == {"scale": 20.0}
    last = trainee_of(task, task.split(0), 0).network.get_layer("logits")
    assert (type(last), last.scale) == (Cosine, 20.0)
    assert task.setup != make_task(LDAM(), **AS_THEY_COME).setup
    assert make_task().recipe.head == "linear"
