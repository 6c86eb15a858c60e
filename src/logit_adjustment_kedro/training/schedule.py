"""The learning rate over a training."""

import keras
from keras import ops

from .recipe import LearningRate


class WarmupThenDecay(keras.optimizers.schedules.LearningRateSchedule):
    """The schedule of a recipe, stretched to the length of a training.

    Args:
        rate: the schedule as the recipe has it.
        epochs: the length of the training.
        steps_per_epoch: how many steps make an epoch.
    """

    def __init__(self, rate: LearningRate, epochs: int, steps_per_epoch: int):
        self._rate = rate
        self._stretch = epochs / rate.for_epochs * steps_per_epoch

    def __call__(self, step):
        """Returns the rate of a step, a scalar, counted from 0."""
        rate = self._rate
        epoch = ops.cast(step, "float32") / self._stretch
        if rate.warmup:
            warm = ops.minimum(epoch / rate.warmup, 1.0)
            factor = rate.start + (1 - rate.start) * warm
        else:
            factor = ops.ones_like(epoch)
        if rate.end < 1 and rate.warmup < rate.for_epochs:
            done = (epoch - rate.warmup) / (rate.for_epochs - rate.warmup)
            factor *= 1 - (1 - rate.end) * ops.clip(done, 0.0, 1.0)
        drop = ops.ones_like(epoch)
        for start, dropped in sorted(rate.drops.items()):
            drop = ops.where(epoch >= start, dropped, drop)
        return rate.base * factor * drop
