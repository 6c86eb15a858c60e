"""What a recipe and a method may say."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, create_model

from ...longtail.methods import METHODS
from ...parameters import Parameters

Positive = Annotated[float, Field(gt=0)]


class LearningRate(Parameters):
    """A rate that warms up linearly, then falls linearly, in steps, or both.

    The milestones are epochs of a training of `for_epochs` epochs; one of another
    length has them at the same fractions of it.

    Attributes:
        base: the rate at the end of the warm-up.
        start: the rate at which the warm-up starts, as a fraction of `base`.
        warmup: the epoch at which the warm-up ends; 0 means none.
        end: the rate at the end of the training, as a fraction of `base`, reached
            linearly from the end of the warm-up on; 1 means no such fall.
        drops: from which epoch on, the rate is multiplied by which factor; of several
            the last counts.
        for_epochs: the length of training that the milestones are written for.
    """

    base: Positive
    start: float = Field(0.0, ge=0, le=1)
    warmup: float = Field(ge=0)
    end: float = Field(1.0, ge=0, le=1)
    drops: dict[Positive, Positive] = {}
    for_epochs: int = Field(ge=1)


def _listed(seeds: Any) -> Any:
    return [seeds] if isinstance(seeds, int) else seeds


def _distinct(seeds: list[int]) -> list[int]:
    if len(set(seeds)) < len(seeds):
        raise ValueError("expected seeds that differ")
    return seeds


class Training(Parameters):
    """A recipe: everything about a training but its data and its loss.

    The optimiser is SGD with Nesterov momentum; the last partial batch of an epoch is
    dropped.

    Attributes:
        network: which network.
        epochs: passes over the training set.
        batch_size: images a step.
        learning_rate: the rate's schedule.
        momentum: Nesterov's.
        l2: the factor of Keras's `l2` regulariser, half of the usual weight decay.
        crop_padding: pixels added a side before the random crop.
        flip: whether images are mirrored at random.
        zoom: the largest factor by which images are enlarged or reduced at random,
            their width by up to a tenth more; 1 means not at all.
        colour_jitter: whether contrast, brightness and tint are changed at random.
        precision: Keras's name of the dtype of the maps and products. Weights, logits
            and loss are `float32` in any case.
        evaluate_every: how many epochs there are from one measurement of the test
            accuracy to the next; the last epoch is always measured.
        mirrored_view: whether the trained network is also read out on the mean of the
            logits of each test image and of its mirror image.
        seeds: one training each; weights, shuffling and augmentation follow from it.
            A single one may stand without a list, as `--params` has none.
    """

    network: Literal["convnet", "resnet32", "resnet32_released", "whitened"]
    epochs: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    learning_rate: LearningRate
    momentum: float = Field(ge=0, lt=1)
    l2: float = Field(ge=0)
    crop_padding: int = Field(ge=0)
    flip: bool
    zoom: float = Field(ge=1)
    colour_jitter: bool
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"]
    evaluate_every: int = Field(ge=1)
    mirrored_view: bool
    seeds: Annotated[
        list[Annotated[int, Field(ge=0, lt=2**32)]],
        Field(min_length=1),
        BeforeValidator(_listed),
        AfterValidator(_distinct),
    ]


class HeldOut(Parameters):
    """Which training images the tau of post-hoc methods is chosen on.

    Attributes:
        fraction: how much of each class is held out from one more training a seed; 0
            spares that training, and no tau is chosen.
    """

    fraction: float = Field(ge=0, le=0.5)


Methods = create_model(
    "Methods",
    __base__=Parameters,
    __doc__="The parameters of every method of the registry, by its name.",
    **METHODS,
)
