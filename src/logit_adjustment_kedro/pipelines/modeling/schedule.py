"""The learning rate over a training."""

import keras
from keras import ops

from .params import LearningRate


class WarmupThenDrops(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up from 0, then a constant rate that drops at given epochs.

    Args:
        base: the rate after the warm-up.
        warmup: the epoch at which the warm-up ends.
        drops: pairs of an epoch and the factor on the base rate from there on, in the
            order of the epochs.
        steps_per_epoch: how many steps make an epoch.
    """

    def __init__(
        self,
        base: float,
        warmup: float,
        drops: list[tuple[float, float]],
        steps_per_epoch: int,
    ):
        """See class."""
        self.base = base
        self.warmup = warmup
        self.drops = drops
        self.steps_per_epoch = steps_per_epoch

    def __call__(self, step):
        """Returns the rate of a step, a scalar, counted from 0."""
        epoch = ops.cast(step, "float32") / self.steps_per_epoch
        rate = ops.full_like(epoch, self.base)
        if self.warmup:
            rate *= ops.minimum(epoch / self.warmup, 1.0)
        for start, factor in self.drops:
            rate = ops.where(epoch >= start, self.base * factor, rate)
        return rate


def make_schedule(
    rate: LearningRate, epochs: int, steps_per_epoch: int
) -> WarmupThenDrops:
    """Returns the schedule of a recipe, stretched to `epochs` epochs."""
    stretch = epochs / rate.for_epochs
    return WarmupThenDrops(
        base=rate.base,
        warmup=rate.warmup * stretch,
        drops=[
            (start * stretch, factor) for start, factor in sorted(rate.drops.items())
        ],
        steps_per_epoch=steps_per_epoch,
    )
